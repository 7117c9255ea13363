/** What a stream, a consumer and a channel are called in messages, whether they are there or only named (that of streams observed, the others assumed). */

export function streamSubject(name: string, accountId: string): string {
  return `stream ${name} under account ${accountId}`;
}

export function consumerSubject(name: string, streamName: string, accountId: string): string {
  return `consumer ${name} under ${streamSubject(streamName, accountId)}`;
}

export function channelSubject(name: string, accountId: string): string {
  return `channel ${name} under account ${accountId}`;
}

/** The same at the beginning of a sentence. */
export function capital(subject: string): string {
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}
