import type { Method, Methods } from './method.js'

export const userCards: Method<Methods['users']['cards']> = async ({ store }, { ids }) => {
  return { items: await store.cardsById(ids) }
}

export const usersByHandles: Method<Methods['users']['byHandles']> = async ({ store }, { handles }) => {
  return { items: await store.cardsByHandle(handles) }
}

export const countUsers: Method<Methods['users']['count']> = async ({ store }) => {
  return { people: await store.countPeople() }
}
