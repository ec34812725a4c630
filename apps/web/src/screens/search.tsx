import type { FeedItem, SearchPage } from '@skein/client'
import { useApp } from '../state/app.js'
import { countOf } from '../text/counts.js'
import { hrefs } from '../text/routes.js'
import { Bar } from '../ui/bar.js'
import { Empty } from '../ui/empty.js'
import { Find } from '../ui/find.js'
import { PostPages, usePageList } from '../ui/page-list.js'
import { personRow } from './people.js'
import { Trends } from '../ui/aside.js'

/** Posts with these words; people and tags that begin so. */
export function SearchScreen({ q }: { q: string }) {
  const words = q.trim()
  return (
    <>
      <Bar>
        <Find q={q} autoFocus={words === ''} />
      </Bar>
      {words === '' ? <Start /> : <Results key={words} words={words} />}
    </>
  )
}

function Start() {
  return (
    <>
      <Empty title="What are you looking for?" level={1} art>
        <p>Words of a post, the beginning of a handle, or a tag.</p>
      </Empty>
      <div class="narrow-only">
        <Trends limit={8} id="trends-here-h" />
      </div>
    </>
  )
}

function Results({ words }: { words: string }) {
  const { client } = useApp()
  const list = usePageList<FeedItem, SearchPage>(words, (before, signal) =>
    client.search(words, { signal, ...(before === undefined ? {} : { before }) }),
  )
  const first = list.first.value
  const hasOthers = first !== null && (first.people.length > 0 || first.tags.length > 0)
  return (
    <>
      <h1 class="vh" id="found-h">
        Found for “{words}”
      </h1>
      {first === null || first.people.length === 0 ? null : (
        <section class="panel panel--list" aria-labelledby="found-people-h">
          <h2 id="found-people-h">People</h2>
          <ul role="list">{first.people.map(personRow)}</ul>
        </section>
      )}
      {first === null || first.tags.length === 0 ? null : (
        <section class="panel panel--list" aria-labelledby="found-tags-h">
          <h2 id="found-tags-h">Tags</h2>
          <ul class="chips" role="list">
            {first.tags.map(({ tag, posts }) => (
              <li key={tag}>
                <a class="btn btn--small btn--quiet" href={hrefs.tag(tag)}>
                  <bdi>#{tag}</bdi> <span class="quiet num">{countOf(posts, 'post')}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {hasOthers ? (
        <h2 class="label" id="found-posts-h">
          Posts
        </h2>
      ) : null}
      <PostPages
        list={list}
        labelledBy={hasOthers ? 'found-posts-h' : 'found-h'}
        empty={
          hasOthers ? (
            <p class="empty quiet">No posts with “{words}”.</p>
          ) : (
            <Empty title={`Nothing found for “${words}”`} art>
              <p>Check the spelling, or try a shorter word.</p>
            </Empty>
          )
        }
      />
    </>
  )
}
