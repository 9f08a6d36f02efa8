// Ships to the browser.
/** The terminal's colours in both themes; xterm raises what falls below AA contrast. */
import type { ISearchDecorationOptions } from '@xterm/addon-search';
import type { ITheme } from '@xterm/xterm';

const dark: ITheme = {
  background: '#0b1315',
  foreground: '#d5dedc',
  cursor: '#f5b829',
  cursorAccent: '#0b1315',
  selectionBackground: '#31555c',
  black: '#1a2629',
  red: '#f0776a',
  green: '#6fd096',
  yellow: '#f0b93a',
  blue: '#74b3e8',
  magenta: '#c79be0',
  cyan: '#63cfc4',
  white: '#d5dedc',
  brightBlack: '#7c9195',
  brightRed: '#ff9a8f',
  brightGreen: '#96e5b4',
  brightYellow: '#ffd470',
  brightBlue: '#9dcbf5',
  brightMagenta: '#ddbbf0',
  brightCyan: '#92e4dc',
  brightWhite: '#ffffff',
};

const light: ITheme = {
  background: '#fdfcf9',
  foreground: '#22302f',
  cursor: '#8a5a00',
  cursorAccent: '#fdfcf9',
  selectionBackground: '#cfe3df',
  black: '#22302f',
  red: '#b3261e',
  green: '#1a7443',
  yellow: '#865a00',
  blue: '#1f5fa8',
  magenta: '#7d3f98',
  cyan: '#0b6a63',
  white: '#6d7b78',
  brightBlack: '#5c6b69',
  brightRed: '#9c1c15',
  brightGreen: '#125c33',
  brightYellow: '#6d4900',
  brightBlue: '#174b87',
  brightMagenta: '#653079',
  brightCyan: '#07534d',
  brightWhite: '#22302f',
};

const isLight = (): boolean => document.documentElement.dataset['theme'] === 'light';

export const terminalTheme = (): ITheme => (isLight() ? light : dark);

/** All places that were found, and the one that is shown. */
export const findMarks = (): ISearchDecorationOptions => ({
  matchBackground: isLight() ? '#f6e3ae' : '#4a3d14',
  matchOverviewRuler: '#b98a1b',
  activeMatchBackground: isLight() ? '#f5b829' : '#8a6412',
  activeMatchBorder: isLight() ? '#6d4900' : '#ffd470',
  activeMatchColorOverviewRuler: '#f5b829',
});
