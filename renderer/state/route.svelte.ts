export type Route = { readonly view: 'home' } | { readonly view: 'settings' } | { readonly view: 'lab'; readonly lab: string }

/** The view a location's hash names; anything unknown is home. */
export function readRoute(hash: string): Route {
  const [view, id] = hash.replace(/^#\/?/, '').split('/')
  if (view === 'settings') return { view }
  if (view === 'lab' && id) return { view, lab: decodeURIComponent(id) }
  return { view: 'home' }
}

class Router {
  route = $state.raw<Route>(readRoute(location.hash))
  /** Where settings go back to. */
  before: Route = { view: 'home' }

  constructor() {
    window.addEventListener('hashchange', () => this.#become(readRoute(location.hash)))
  }

  go(route: Route) {
    const hash = route.view === 'home' ? '#/' : route.view === 'lab' ? `#/lab/${encodeURIComponent(route.lab)}` : '#/settings'
    if (location.hash !== hash) location.hash = hash
    this.#become(route)
  }

  back() {
    this.go(this.route.view === 'settings' ? this.before : { view: 'home' })
  }

  #become(route: Route) {
    if (this.route.view !== 'settings') this.before = this.route
    this.route = route
  }
}

export const router = new Router()
