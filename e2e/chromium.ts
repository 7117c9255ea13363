/**
 * The browser of the page tests: the Chromium that comes inside @sparticuz/chromium, unpacked with its own shared libraries
 * into a folder of this process, so that `npm ci` is all it takes and two test runs cannot meet. It is launched without
 * network services.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

export interface RunningBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Unpacks and starts the browser; `close` stops it and removes what was unpacked. */
export async function startChromium(): Promise<RunningBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'kinebench-chromium-'));
  const fonts = join(folder, 'fonts.conf');
  const dirs = [join(folder, 'fonts'), '/usr/share/fonts'].map((dir) => `<dir>${dir}</dir>`).join('');
  writeFileSync(
    fonts,
    `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>`,
  );
  // The package unpacks into the temporary folder, and its libraries only where it believes to be on AWS Lambda.
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = folder;
  process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs24.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  packaged.setGraphicsMode = false;
  const executablePath = await packaged.executablePath();
  const unwanted = /single-process|disable-web-security|allow-running-insecure-content/;
  const browser = await chromium.launch({
    executablePath,
    args: [...packaged.args.filter((flag) => !unwanted.test(flag)), '--disable-background-networking'],
    env: { ...process.env, FONTCONFIG_FILE: fonts, FONTCONFIG_PATH: folder },
  });
  return {
    browser,
    async close() {
      await browser.close();
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
