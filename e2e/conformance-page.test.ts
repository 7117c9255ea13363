/** The conformance matrix in a real browser: it opens its evidence without JavaScript, fits, follows the colour scheme, prints. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMatrix } from '../src/report/conformance-matrix.ts';
import { missingMuch, missingNothing } from '../src/report/conformance.test-data.ts';
import { startChromium, type RunningBrowser } from './chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-matrix-'));
const file = join(folder, 'conformance.html');
let running: RunningBrowser;

beforeAll(async () => {
  running = await startChromium();
  writeFileSync(file, renderMatrix([missingMuch(), missingNothing()]));
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  readonly troubles: string[];
  readonly requests: string[];
}

async function open(options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await running.browser.newContext({ viewport: { width: 1180, height: 900 }, ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, troubles, requests };
}

const OVERFLOW_PX = 'document.documentElement.scrollWidth - innerWidth';
const PAPER = 'getComputedStyle(document.body).backgroundColor';

test('a cell opens what was sent and what came, without JavaScript', async () => {
  const { page, troubles, requests } = await open({ javaScriptEnabled: false });
  const cell = page.locator('tr', { hasText: 'KIN-PART-02' }).locator('td[data-target="leaky"]');
  expect(await cell.locator('.evidence').isVisible()).toBe(false);
  await cell.locator('summary').click();
  const text = await cell.locator('.evidence').innerText();
  expect(text).toContain('records put: 192 · shards hit: 3 · took 1.2 s · seed 7');
  expect(text).toContain('PutRecord {"Data":"<img src=x');
  expect(text).toContain('→ 400 <img');
  expect(requests).toHaveLength(1);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test.each([400, 1180])(
  'with every cell open nothing overflows at %d px, and nothing hostile comes alive',
  async (width) => {
    const { page, troubles } = await open({ viewport: { width, height: 800 } });
    await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))");
    expect(await page.evaluate<number>(OVERFLOW_PX)).toBeLessThanOrEqual(0);
    // The page's own links lead from a miss to its row.
    expect(await page.locator('img, iframe, script, a:not([href^="#KIN-"])').count()).toBe(0);
    expect(await page.evaluate<unknown>('globalThis.pwned')).toBeUndefined();
    expect(troubles).toEqual([]);
    await page.context().close();
  },
);

test('follows the colour scheme, and prints misses in full in ink on white', async () => {
  const { page } = await open({ colorScheme: 'dark' });
  expect(await page.evaluate<string>(PAPER)).toBe('rgb(20, 23, 26)');
  await page.emulateMedia({ media: 'print' });
  expect(await page.evaluate<string>(PAPER)).toBe('rgb(255, 255, 255)');
  expect(await page.evaluate<number>(OVERFLOW_PX)).toBeLessThanOrEqual(0);
  expect(await page.locator('li', { hasText: 'KIN-PART-02 fail' }).isVisible()).toBe(true);
  await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))");
  expect(await page.evaluate<string>("getComputedStyle(document.querySelector('.evidence pre')).maxHeight")).toBe(
    'none',
  );
  expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
  await page.context().close();
});
