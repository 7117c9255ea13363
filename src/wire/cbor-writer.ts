/**
 * Bodies of `application/x-amz-cbor-1.1`, written: the members of the JSON form under their names, data as byte strings,
 * timestamps as tag 1 with integer milliseconds (observed: not seconds, as RFC 8949 has them).
 */
import { timestampMembers } from '../protocol/operations.ts';
import type { BodyBuffer } from './body-buffer.ts';

/** Major types of RFC 8949, section 3.1, in place. */
const UNSIGNED = 0x00;
const NEGATIVE = 0x20;
const BYTES = 0x40;
const TEXT = 0x60;
const LIST = 0x80;
const MAP = 0xa0;
const EPOCH = 0xc1;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const DOUBLE = 0xfb;
/** Bytes of a head or a number at the most. */
const HEAD_BYTES = 9;
/** Up to this length a text is copied character by character, which is cheaper than a call out of JavaScript. */
const SHORT = 48;

/** The member that holds bytes; where a caller gives it as base64 text, the bytes of it are sent. */
const DATA = 'Data';

/** Appends a value. */
export function writeCbor(into: BodyBuffer, value: unknown): void {
  if (typeof value === 'string') writeText(into, value);
  else if (value instanceof Uint8Array) writeBytes(into, value);
  else if (typeof value === 'number') writeNumber(into, value);
  else if (typeof value === 'boolean') writeByte(into, value ? TRUE : FALSE);
  else if (Array.isArray(value)) {
    writeHead(into, LIST, value.length);
    for (const entry of value) writeCbor(into, entry);
  } else if (typeof value === 'object' && value !== null) writeMap(into, value as Record<string, unknown>);
  else writeByte(into, NULL);
}

function writeMap(into: BodyBuffer, members: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(members).filter((name) => members[name] !== undefined);
  writeHead(into, MAP, names.length);
  for (const name of names) {
    const member = members[name];
    writeText(into, name);
    if (typeof member === 'number' && timestampMembers.has(name)) {
      writeByte(into, EPOCH);
      writeNumber(into, Math.round(member * 1000));
    } else if (typeof member === 'string' && name === DATA) writeBytes(into, Buffer.from(member, 'base64'));
    else writeCbor(into, member);
  }
}

function writeHead(into: BodyBuffer, major: number, argument: number): void {
  into.reserve(HEAD_BYTES);
  const { bytes } = into;
  if (argument < 24) bytes[into.at++] = major | argument;
  else if (argument < 2 ** 8) {
    bytes[into.at++] = major | 24;
    bytes[into.at++] = argument;
  } else if (argument < 2 ** 16) {
    bytes[into.at++] = major | 25;
    into.at = bytes.writeUInt16BE(argument, into.at);
  } else if (argument < 2 ** 32) {
    bytes[into.at++] = major | 26;
    into.at = bytes.writeUInt32BE(argument, into.at);
  } else {
    bytes[into.at++] = major | 27;
    into.at = bytes.writeBigUInt64BE(BigInt(argument), into.at);
  }
}

function writeByte(into: BodyBuffer, byte: number): void {
  into.reserve(1);
  into.bytes[into.at++] = byte;
}

function writeNumber(into: BodyBuffer, value: number): void {
  if (Number.isSafeInteger(value)) {
    writeHead(into, value < 0 ? NEGATIVE : UNSIGNED, value < 0 ? -1 - value : value);
    return;
  }
  writeByte(into, DOUBLE);
  into.reserve(8);
  into.at = into.bytes.writeDoubleBE(value, into.at);
}

function writeBytes(into: BodyBuffer, data: Uint8Array): void {
  writeHead(into, BYTES, data.length);
  into.reserve(data.length);
  into.bytes.set(data, into.at);
  into.at += data.length;
}

function writeText(into: BodyBuffer, text: string): void {
  if (text.length <= SHORT && writeAscii(into, text)) return;
  const length = Buffer.byteLength(text);
  writeHead(into, TEXT, length);
  into.reserve(length);
  into.at += into.bytes.write(text, into.at);
}

/** Whether all characters are of one byte, and written. */
function writeAscii(into: BodyBuffer, text: string): boolean {
  const begin = into.at;
  writeHead(into, TEXT, text.length);
  into.reserve(text.length);
  const { bytes } = into;
  let { at } = into;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      into.at = begin;
      return false;
    }
    bytes[at++] = code;
  }
  into.at = at;
  return true;
}
