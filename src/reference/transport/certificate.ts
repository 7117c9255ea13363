/** The certificate of the TLS side of the port: given, or made for this machine when the first client asks for TLS. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { systemClock } from '../../clock.ts';
import { OperatorError } from '../../operator-error.ts';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** Throws an OperatorError unless both parts can be read and belong together. */
export function checkCertificate({ cert, key }: Certificate): void {
  const wrong = (part: string, cause: unknown) =>
    new OperatorError(`the ${part} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'certificate-invalid',
      hint: 'Give a certificate and its private key as PEM files (-----BEGIN …); leave both out for one made for this machine.',
      cause,
    });
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch (error) {
    throw wrong('TLS certificate', error);
  }
  try {
    if (certificate.checkPrivateKey(createPrivateKey(key))) {
      // A key that is too weak is found out here, and not by the first client.
      createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
      return;
    }
  } catch (error) {
    throw wrong('TLS key', error);
  }
  throw new OperatorError('the TLS key does not belong to the certificate', {
    code: 'certificate-invalid',
    hint: 'Give the private key that the certificate was made with.',
  });
}

/** Makes a certificate for `localhost`, the loopback addresses and `host`, its own authority, good for a year. */
export async function makeCertificate(host: string): Promise<Certificate> {
  // Loaded here: it takes longer than the start of the whole endpoint, and most never speak TLS.
  const { generate } = await import('selfsigned');
  const nowMs = systemClock.now();
  const addresses = new Set(['127.0.0.1', '::1', ...(isIP(host) ? [host] : [])]);
  const names = new Set(['localhost', ...(isIP(host) ? [] : [host])]);
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'kinebench reference' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + 365 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...[...names].map((value) => ({ type: 2 as const, value })),
          ...[...addresses].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { cert, key };
}
