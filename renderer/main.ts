import './styles/tokens.css'
import './styles/fonts.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { pickBridge } from './bridge/pick.ts'
import { asLocale, i18n } from './i18n/index.svelte.ts'
import { app } from './state/app.svelte.ts'

// Until the settings arrive: the language and theme of the system.
i18n.set(asLocale(navigator.language))
app.start(await pickBridge())
const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
mount(App, { target })
