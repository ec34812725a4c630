/** Roles that are processes, in the order in which the table shows them. */
export const partRoles = ['gateway', 'account', 'post', 'timeline'] as const
export type PartRole = (typeof partRoles)[number]
