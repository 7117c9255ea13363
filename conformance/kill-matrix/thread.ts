/** Judges sessions as they are ordered, one after another. */
import { parentPort } from 'node:worker_threads';
import { judgeSession, type SessionOrder } from './cell.ts';

const port = parentPort!;
port.on('message', (order: SessionOrder) => void judgeSession(order).then((judged) => port.postMessage(judged)));
