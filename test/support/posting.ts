import type { Post } from '@skein/client'
import type { Person } from './people.js'

/** So many posts, shared among the authors, each author's one after another. Resolves to all of them, by id. */
export async function postMany(
  authors: readonly Person[],
  count: number,
  textOf: (n: number) => string,
): Promise<Post[]> {
  let n = 0
  const posts: Post[] = []
  async function write(author: Person): Promise<void> {
    while (n < count) posts.push(await author.client.posts.create(textOf(n++)))
  }
  await Promise.all(authors.map(write))
  return posts.sort((a, b) => (a.id < b.id ? -1 : 1))
}

export async function followAll(person: Person, others: readonly Person[]): Promise<void> {
  for (const other of others) await person.client.users.follow(other.handle, true)
}
