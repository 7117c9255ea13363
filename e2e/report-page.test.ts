/** The page in a real browser: it draws, asks for nothing, fits, follows the colour scheme, and reads without JavaScript. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../src/report/html.ts';
import { hostileResult } from '../src/report/hostile.test-data.ts';
import { pollingDelayResult } from '../src/report/polling-delay.test-data.ts';
import { writeLimitResult } from '../src/report/write-limit.test-data.ts';
import { startChromium, type RunningBrowser } from './chromium.ts';

const pages = { 'write-limit': writeLimitResult(), 'polling-delay': pollingDelayResult(), hostile: hostileResult() };
type Name = keyof typeof pages;
const names: readonly Name[] = ['write-limit', 'polling-delay', 'hostile'];

const folder = mkdtempSync(join(tmpdir(), 'kinebench-page-'));
let running: RunningBrowser;
let browser: Browser;

beforeAll(async () => {
  running = await startChromium();
  browser = running.browser;
  for (const name of names) writeFileSync(fileOf(name), renderHtml(pages[name]));
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

function fileOf(name: Name): string {
  return join(folder, `${name}.html`);
}

interface Opened {
  readonly page: Page;
  /** Console errors, uncaught errors, dialogs. */
  readonly troubles: string[];
  readonly requests: string[];
}

async function open(name: Name, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 900 }, ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(fileOf(name)).href);
  return { page, troubles, requests };
}

/** For each canvas: how many different colours its pixels have. A blank one has one. */
const CANVAS_COLOURS = `[...document.querySelectorAll('canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})`;
const OVERFLOW_PX = 'document.documentElement.scrollWidth - innerWidth';

describe.each(names)('the page of %s', (name) => {
  test('draws every chart, asks for nothing but itself, and says nothing to the console', async () => {
    const { page, troubles, requests } = await open(name);
    const colours = await page.evaluate<number[]>(CANVAS_COLOURS);
    expect(colours.length).toBeGreaterThanOrEqual(3);
    expect(colours.filter((count) => count < 8)).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test.each([400, 1180])('does not overflow at %d px', async (width) => {
    const { page } = await open(name, { viewport: { width, height: 800 } });
    expect(await page.evaluate<number>(OVERFLOW_PX)).toBeLessThanOrEqual(0);
    await page.context().close();
  });

  test('reads without JavaScript', async () => {
    const { page } = await open(name, { javaScriptEnabled: false });
    const text = await page.locator('body').innerText();
    expect(text).toContain(pages[name].verdict.word);
    expect(text).toMatch(/service p50\s+[\d.]+ ms/);
    expect(text).toContain('records/s');
    expect(await page.locator('canvas').first().isVisible()).toBe(false);
    await page.locator('summary').first().click();
    expect(await page.locator('figure details table').first().innerText()).toMatch(/50 %\s+[\d.]+ ms/);
    await page.context().close();
  });
});

test('every chart has a name that says what is to be seen', async () => {
  const { page } = await open('polling-delay');
  const labels = await page.locator('canvas').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  expect(labels.filter((label) => !label || label.length < 40)).toEqual([]);
  await page.context().close();
});

test('follows the colour scheme, also when it changes under the page', async () => {
  const { page } = await open('write-limit', { colorScheme: 'dark' });
  const paper = (): Promise<string> => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const picture = (): Promise<string> => page.evaluate<string>(`document.querySelector('canvas').toDataURL()`);
  const dark = [await paper(), await picture()];
  await page.emulateMedia({ colorScheme: 'light' });
  expect(dark[0]).toBe('rgb(20, 23, 26)');
  expect(await paper()).toBe('rgb(255, 255, 255)');
  await expect.poll(picture).not.toBe(dark[1]);
  await page.context().close();
});

test('prints in ink on white, from a dark screen too', async () => {
  const { page, troubles } = await open('write-limit', { colorScheme: 'dark' });
  const pdf = await page.pdf({ format: 'A4' });
  expect(pdf.length).toBeGreaterThan(20_000);
  await page.emulateMedia({ media: 'print' });
  expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  expect(await page.evaluate<number>(OVERFLOW_PX)).toBeLessThanOrEqual(0);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test('nothing hostile comes alive', async () => {
  const { page, troubles } = await open('hostile');
  expect(await page.locator('img, iframe, a, form').count()).toBe(0);
  expect(await page.locator('script').count()).toBe(2);
  expect(await page.evaluate<unknown>('globalThis.pwned')).toBeUndefined();
  expect(await page.locator('h1').innerText()).toContain('</script><img src=x onerror=');
  expect(troubles).toEqual([]);
  await page.context().close();
});
