import { useSignal } from '@preact/signals'
import type { SearchPage } from '@skein/client'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { countOf } from '../text/counts.js'
import { hrefs, routeOf } from '../text/routes.js'
import { Avatar } from './avatar.js'
import { Icon } from './icon.js'
import { Form } from './form.js'

const askAfterMs = 150
const people = 3
const tags = 3

/** The search field, with guesses while one types. Down goes to the guesses, Escape closes them. */
export function Find({ q, autoFocus = false }: { q: string; autoFocus?: boolean }) {
  const { client, router } = useApp()
  const text = useSignal(q)
  const guesses = useSignal<SearchPage | null>(null)
  const isOpen = useSignal(false)
  const root = useRef<HTMLElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const words = text.value.trim()
  useEffect(() => {
    text.value = q
    isOpen.value = false
  }, [q])
  useEffect(() => {
    if (autoFocus) field.current?.focus({ preventScroll: true })
  }, [])
  useEffect(() => {
    if (!isOpen.value || words.length < 2) {
      guesses.value = null
      return
    }
    const asking = new AbortController()
    const ask = () =>
      Promise.resolve(client.search(words, { limit: 1, signal: asking.signal })).then(
        (page) => {
          guesses.value = page
        },
        () => {},
      )
    const timer = setTimeout(() => void ask(), askAfterMs)
    return () => {
      clearTimeout(timer)
      asking.abort()
    }
  }, [words, isOpen.value])
  const close = () => {
    isOpen.value = false
  }
  return (
    <search
      class="find"
      ref={root}
      onFocusOut={(event) => {
        if (!(event.relatedTarget instanceof Node) || !root.current?.contains(event.relatedTarget)) close()
      }}
      onKeyDown={(event) => onKey(event, root.current, field.current, close)}
    >
      <Form
        label="Search"
        onSubmit={() => {
          close()
          if (words !== '') router.navigate(addressOf(words))
        }}
      >
        <label class="vh" for="q">
          Search posts, people and tags
        </label>
        <input
          class="input"
          id="q"
          type="search"
          value={text.value}
          placeholder="Posts, people, tags"
          autoComplete="off"
          maxLength={100}
          dir="auto"
          ref={field}
          onInput={(event) => {
            text.value = event.currentTarget.value
            isOpen.value = true
          }}
        />
        <button class="vh" type="submit" tabIndex={-1}>
          Search
        </button>
      </Form>
      {isOpen.value && words.length > 1 ? <Guesses words={words} page={guesses.value} /> : null}
    </search>
  )
}

/** A whole tag goes straight to the tag, a whole handle to the person. */
function addressOf(words: string): string {
  if (words.startsWith('#') && routeOf(hrefs.tag(words.slice(1))).name === 'tag') return hrefs.tag(words.slice(1))
  return hrefs.search(words)
}

function Guesses({ words, page }: { words: string; page: SearchPage | null }) {
  const bare = words.replace(/^[#@]/, '')
  return (
    <ul class="menu" role="list" aria-label="Guesses">
      <li>
        <a class="menu__item" href={hrefs.search(words)}>
          <Icon name="search" />
          <span>
            Posts with <b>{words}</b>
          </span>
        </a>
      </li>
      {page?.tags.slice(0, tags).map(({ tag, posts }) => (
        <li key={tag}>
          <a class="menu__item" href={hrefs.tag(tag)}>
            <Icon name="search" />
            <span>
              <Marked text={`#${tag}`} part={bare} />
            </span>
            <span class="quiet num">{countOf(posts, 'post')}</span>
          </a>
        </li>
      ))}
      {page?.people.slice(0, people).map(({ user }) => (
        <li key={user.id}>
          <a class="menu__item" href={hrefs.profile(user.handle)}>
            <Avatar handle={user.handle} size="xs" />
            <span>
              <bdi>
                <Marked text={user.name} part={bare} />
              </bdi>
            </span>
            <span class="quiet">
              <Marked text={`@${user.handle}`} part={bare} />
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}

/** The text with the part that was typed in bold. */
function Marked({ text, part }: { text: string; part: string }): ComponentChildren {
  const at = text.toLowerCase().indexOf(part.toLowerCase())
  if (at === -1 || part === '') return text
  return (
    <>
      {text.slice(0, at)}
      <b>{text.slice(at, at + part.length)}</b>
      {text.slice(at + part.length)}
    </>
  )
}

function onKey(event: KeyboardEvent, root: HTMLElement | null, field: HTMLElement | null, close: () => void): void {
  const links = [...(root?.querySelectorAll<HTMLElement>('.menu__item') ?? [])]
  if (links.length === 0) return
  const at = links.findIndex((link) => link === document.activeElement)
  if (event.key === 'Escape') {
    event.preventDefault()
    close()
    field?.focus()
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    const to = at + (event.key === 'ArrowDown' ? 1 : -1)
    if (to < 0) field?.focus()
    else links[Math.min(to, links.length - 1)]?.focus()
  }
}
