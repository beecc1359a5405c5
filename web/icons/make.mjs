// Draws the app's icons from public/favicon.svg: node icons/make.mjs CHROMIUM. The results are committed.
import { readFile } from 'node:fs/promises';
import { argv } from 'node:process';

import { chromium } from 'playwright-core';

const BRAND = '#0f5c73';
/** `drawn` is the logo's share of the picture; `full` paints all of it in the brand's colour. */
const ICONS = [
  { file: 'icons/icon-192.png', size: 192, drawn: 1, full: false },
  { file: 'icons/icon-512.png', size: 512, drawn: 1, full: false },
  // Launchers cut what lies outside a circle of 80 % (W3C Web App Manifest, purpose "maskable").
  { file: 'icons/maskable-512.png', size: 512, drawn: 0.8, full: true },
  // iOS rounds the corners itself, and paints what is transparent black.
  { file: 'apple-touch-icon.png', size: 180, drawn: 0.9, full: true },
];

const logo = await readFile('public/favicon.svg', 'utf8');
const browser = await chromium.launch({ executablePath: argv[2], args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const { file, size, drawn, full } of ICONS) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<body style="margin:0;height:100vh;display:grid;place-items:center;
    background:${full ? BRAND : 'transparent'}"><div style="width:${drawn * 100}%;height:${drawn * 100}%">${logo}</div>`);
  await page.screenshot({ path: `public/${file}`, omitBackground: true });
}
await browser.close();
