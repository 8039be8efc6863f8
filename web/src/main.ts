// The frame of the app: masthead, navigation, language, colour scheme, and the page that the address names.
import { forgetTheme } from './charts/theme';
import { loadInfo, type Info } from './api/info';
import { setLanguage, setPlaceNames, startLanguage, t, type Language } from './i18n';
import { NAVIGATION, PAGES } from './pages';
import type { Page } from './pages/page';
import { href, parseRoute, State } from './state';
import { h, replace, svg } from './ui/dom';
import { notice } from './ui/notice';

const app = document.getElementById('app') as HTMLElement;

type Scheme = 'light' | 'dark';

function systemScheme(): Scheme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function applyScheme(scheme: Scheme): void {
  document.documentElement.dataset['scheme'] = scheme;
  forgetTheme();
  document.dispatchEvent(new Event('minewheel-theme'));
}

function currentScheme(): Scheme {
  const stored = localStorage.getItem('minewheel-scheme');
  return stored === 'dark' || stored === 'light' ? stored : systemScheme();
}

function mark(): SVGElement {
  const stroke = { fill: 'none', 'stroke-width': '3', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
  return svg('svg', { viewBox: '0 0 32 32', width: '26', height: '26', 'aria-hidden': 'true', class: 'mark' },
    svg('path', { ...stroke, d: 'M16 3a13 13 0 1 1-11.3 6.6', class: 'mark-outer' }),
    svg('path', { ...stroke, d: 'M16 10a6 6 0 1 1-5.2 3', class: 'mark-inner' }),
    svg('path', { ...stroke, d: 'M2.6 5.2l2.1 5.6 5.3-2.6', class: 'mark-outer' }));
}

class App {
  private page: Page | null = null;
  private info: Info | null = null;
  private main = h('main', { id: 'main', attrs: { tabindex: -1 } });

  start(): void {
    setLanguage(startLanguage());
    applyScheme(currentScheme());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => applyScheme(currentScheme()));
    window.addEventListener('hashchange', () => {
      this.show();
      this.main.focus({ preventScroll: true });
    });
    window.addEventListener('resize', forgetTheme);
    this.frame();
    void this.load();
  }

  private async load(): Promise<void> {
    const note = notice();
    replace(this.main, note.element);
    note.busy();
    try {
      this.info = await loadInfo();
      setPlaceNames(Object.fromEntries(this.info.places.map(({ id, name }) => [id, name])));
      note.done();
      this.show();
    } catch (error) {
      note.fail(error);
    }
  }

  private frame(): void {
    const words = t().shell;
    document.title = 'Minewheel';
    const scheme = h('button', {
      class: 'quiet',
      attrs: { type: 'button', 'aria-label': words.scheme },
      text: currentScheme() === 'dark' ? words.light : words.dark,
      on: {
        click: () => {
          const next: Scheme = currentScheme() === 'dark' ? 'light' : 'dark';
          localStorage.setItem('minewheel-scheme', next);
          scheme.textContent = next === 'dark' ? t().shell.light : t().shell.dark;
          applyScheme(next);
        },
      },
    });
    const otherLanguage: Language = document.documentElement.lang === 'en' ? 'zh' : 'en';
    const language = h('button', {
      class: 'quiet',
      attrs: { type: 'button', lang: otherLanguage === 'zh' ? 'zh-Hans' : 'en' },
      text: otherLanguage === 'zh' ? '中文' : 'English',
      on: {
        click: () => {
          localStorage.setItem('minewheel-language', otherLanguage);
          setLanguage(otherLanguage);
          this.frame();
          this.show();
        },
      },
    });
    const nav = h('nav', { id: 'nav', attrs: { 'aria-label': words.pages } }, NAVIGATION.map((group) => h('ul', {}, group.map((id) => h('li', {}, h('a', { text: t().nav[id], attrs: { href: href(id), 'data-page': id } }))))));
    const menu = h('button', {
      class: 'quiet menu',
      text: words.menu,
      attrs: { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'nav' },
      on: {
        click: () => {
          const open = nav.classList.toggle('open');
          menu.setAttribute('aria-expanded', String(open));
        },
      },
    });
    nav.addEventListener('click', (event) => {
      if (event.target instanceof HTMLAnchorElement) {
        nav.classList.remove('open');
        menu.setAttribute('aria-expanded', 'false');
      }
    });
    replace(app,
      h('a', { class: 'skip', text: words.skip, attrs: { href: '#main' }, on: { click: (event) => { event.preventDefault(); this.main.focus(); } } }),
      h('header', { class: 'masthead' },
        h('a', { class: 'brand', attrs: { href: href('compare') } }, mark(), h('span', { text: 'Minewheel' })),
        nav,
        h('div', { class: 'tools' }, menu, language, scheme)),
      this.main,
      h('footer', { class: 'colophon' }, h('p', { text: words.colophon }), h('p', {}, h('a', { text: words.licences, attrs: { href: '/licences.txt' } }))));
  }

  private show(): void {
    if (!this.info) return;
    const route = parseRoute(location.hash);
    const id = route.page in PAGES ? (route.page as keyof typeof PAGES) : 'compare';
    this.page?.close();
    this.page = null;
    const root = h('div', { class: `page page-${id}` });
    replace(this.main, root);
    document.title = `${t().nav[id]} · Minewheel`;
    for (const link of app.querySelectorAll<HTMLAnchorElement>('nav a')) {
      if (link.dataset['page'] === id) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    window.scrollTo(0, 0);
    this.page = PAGES[id]({ state: new State(id, route.params), info: this.info, root });
  }
}

new App().start();
