/** How a run shows itself while it goes on: one line that renews itself in a terminal, a plain line every five seconds elsewhere. */
import { formatCount, formatDuration } from '../measure/format.ts';
import type { OnProgress, Progress } from '../run/progress.ts';

/** Without a terminal every so many load reports (one a second) become a line. */
const PLAIN_EVERY = 5;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** @param title what is run, put before every line */
export function progressPrinter(title: string, output: ProgressOutput): OnProgress & { done(): void } {
  let reports = 0;
  let open = false;
  const renew = (line: string) => {
    output.write(`\r\u001B[2K${line.slice(0, (output.columns ?? 80) - 1)}`);
    open = true;
  };
  const done = () => {
    if (open) output.write('\r\u001B[2K');
    open = false;
  };
  const print = (progress: Progress) => {
    if (progress.kind === 'start') return;
    const line = `${title}  ${lineOf(progress)}`;
    if (output.isTTY === true) renew(line);
    else if (progress.kind === 'step' || (progress.kind === 'load' && reports++ % PLAIN_EVERY === 0))
      output.write(`${line}\n`);
  };
  return Object.assign(print, { done });
}

function lineOf(progress: Exclude<Progress, { kind: 'start' }>): string {
  switch (progress.kind) {
    case 'step':
      return progress.text;
    case 'sweep':
      return `sweeping: ${formatCount(progress.records)} records read back`;
    case 'load': {
      const rate = (name: string, value: number) => `${name} ${formatCount(value)}/s`;
      const parts = [
        `${progress.phase} ${Math.ceil(progress.leftNs / 1e9)} s left`,
        rate('offered', progress.offered),
        rate('accepted', progress.accepted),
        rate('throttled', progress.throttled),
        ...(progress.failed > 0 ? [rate('failed', progress.failed)] : []),
        ...(progress.received > 0 ? [rate('received', progress.received)] : []),
        ...(progress.refusedPolls > 0
          ? [`${rate('polls', progress.polls)}, ${Math.round(progress.refusedPolls)} refused`]
          : []),
        ...(progress.p50Ns === null ? [] : [`p50 ${formatDuration(progress.p50Ns)}`]),
        ...(progress.p99Ns === null ? [] : [`p99 ${formatDuration(progress.p99Ns)}`]),
      ];
      return parts.join(' · ');
    }
  }
}
