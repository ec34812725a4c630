/** Stands for a list of any length in a statement of fixed text: `WHERE id IN ${inList}`, bound with `sqlList(ids)`. */
export const inList = '(SELECT value FROM json_each(?))'

/** The value to bind for `inList`. */
export function sqlList(values: readonly (string | number)[]): string {
  return JSON.stringify(values)
}
