import { expect } from 'chai'
import { hrefs, routeOf, type Route } from '../../src/text/routes.js'
import { titleOf } from '../../src/text/titles.js'

const id = '01HF7YAT31JZKM8K9C5N3A0B1C'

describe('routes', () => {
  const cases: [string, Route][] = [
    ['/', { name: 'home' }],
    ['/everyone', { name: 'everyone' }],
    ['/sign-in?next=%2Fnotices', { name: 'sign-in', next: '/notices' }],
    ['/sign-up', { name: 'sign-up', next: null }],
    ['/@Wren', { name: 'profile', handle: 'wren', tab: 'posts' }],
    ['/@wren/replies', { name: 'profile', handle: 'wren', tab: 'replies' }],
    ['/@wren/followers', { name: 'people', handle: 'wren', which: 'followers' }],
    [`/post/${id}`, { name: 'post', id }],
    ['/notices', { name: 'notices', only: 'all' }],
    ['/notices/mentions', { name: 'notices', only: 'mentions' }],
    ['/tag/%D8%B5%D8%A8%D8%A7%D8%AD', { name: 'tag', tag: 'صباح' }],
    ['/search?q=two%20words', { name: 'search', q: 'two words' }],
    ['/bookmarks', { name: 'bookmarks' }],
    ['/settings', { name: 'settings' }],
  ]
  for (const [address, route] of cases)
    it(`[WEB6] ${address} is ${route.name}`, () => expect(routeOf(address)).to.deep.equal(route))

  for (const address of [
    '/nowhere',
    '/@',
    '/@no spaces',
    '/post/1',
    '/tag/',
    '/tag/a-b',
    '/%E0%A4%A',
    '/settings/x',
    '/@wren/replies/x',
  ])
    it(`[WEB6] ${address} is no page`, () => expect(routeOf(address)).to.deep.equal({ name: 'not-found' }))

  for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example'])
    it(`[WEB6] signing in never leads to ${next}`, () =>
      expect(routeOf(`/sign-in?next=${encodeURIComponent(next)}`)).to.deep.equal({ name: 'sign-in', next: null }))

  it('[WEB6] every address made is read back', () => {
    expect(routeOf(hrefs.tag('صباح'))).to.deep.equal({ name: 'tag', tag: 'صباح' })
    expect(routeOf(hrefs.search('#a&b'))).to.deep.equal({ name: 'search', q: '#a&b' })
    expect(routeOf(hrefs.signIn('/search?q=a'))).to.deep.equal({ name: 'sign-in', next: '/search?q=a' })
  })

  it('[WEB7] the title names the page and what waits', () => {
    expect(titleOf({ name: 'home' }, true, 0)).to.equal('Home · Skein')
    expect(titleOf({ name: 'home' }, false, 0)).to.equal('Skein')
    expect(titleOf({ name: 'tag', tag: 'geese' }, true, 120)).to.equal('(99+) #geese · Skein')
  })
})
