/** `target.has(fan-out)`: what a target must be able to do for a fleet to run, or an expectation to be judged. */
import { capabilities, type Capability } from '../protocol/capabilities.ts';
import { isWord, suggestion } from '../nearest.ts';
import { TextFault } from './text-fault.ts';

/** The capability that a condition names. Throws TextFault. */
export function parseCondition(text: string): Capability {
  const named = /^\s*target\.has\(\s*([^)]*?)\s*\)\s*$/.exec(text)?.[1];
  if (named === undefined) throw new TextFault(`"${text.trim()}" is not a condition`, 'such as target.has(fan-out)');
  if (isWord(named, capabilities)) return named;
  throw new TextFault(`"${named}" is nothing a target can have`, suggestion(named, capabilities), text.indexOf(named));
}
