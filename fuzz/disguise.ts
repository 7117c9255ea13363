/** Requests whose envelope is wrong: method, path, headers and signature. */
import type { Random } from '../src/random.ts';
import type { EndpointRequest } from '../src/reference/endpoint.ts';
import { mutateText } from './mutation.ts';
import { once, pick } from './value.ts';

const contentTypes = [
  '',
  'application/json',
  'application/x-amz-json-1.1; charset=utf-8',
  'application/x-amz-cbor-1.1',
  'application/x-amz-json-1.0',
  'text/plain',
];
const targets = [
  '',
  'Kinesis_20131202',
  'Kinesis_20131202.',
  'Kinesis_20131202.__proto__',
  'Kinesis_20131202.toString',
];
const paths = ['/?X-Amz-Algorithm=AWS4-HMAC-SHA256', '/?%', '/a/../b//c', '*', '/?a=b&a=c&%zz=%41', ''];

/** The same request, with one or two parts of its envelope changed. */
export function disguise(request: EndpointRequest, random: Random): EndpointRequest {
  let { method, path } = request;
  const headers: Record<string, string | string[] | undefined> = { ...request.headers };
  for (let turn = 0; turn <= random.below(2); turn += 1) {
    switch (random.below(7)) {
      case 0:
        method = pick(random, ['GET', 'OPTIONS', 'HEAD', 'PUT', 'post', '']);
        break;
      case 1:
        path = pick(random, paths);
        break;
      case 2:
        headers['content-type'] = pick(random, contentTypes);
        break;
      case 3:
        headers['x-amz-target'] = pick(random, targets);
        break;
      case 4:
        headers['origin'] = 'http://localhost';
        break;
      default: {
        const name = pick(random, Object.keys(headers));
        const value = String(headers[name]);
        if (once(random, 3)) delete headers[name];
        else if (name !== 'content-type') headers[name] = mutateText(value, random);
        break;
      }
    }
  }
  return { ...request, method, path, headers };
}
