/** Judges cells as they are ordered, one after another. */
import { parentPort } from 'node:worker_threads';
import { type CellOrder, judgeCell } from './cell.ts';

const port = parentPort!;
port.on('message', (order: CellOrder) => void judgeCell(order).then((cell) => port.postMessage(cell)));
