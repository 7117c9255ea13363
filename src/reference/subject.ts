/** What a stream and a consumer are called in messages, whether they are there or only named (texts observed; the consumer's assumed). */

export function streamSubject(name: string, accountId: string): string {
  return `stream ${name} under account ${accountId}`;
}

export function consumerSubject(name: string, streamName: string, accountId: string): string {
  return `consumer ${name} under ${streamSubject(streamName, accountId)}`;
}

/** The same at the beginning of a sentence. */
export function capital(subject: string): string {
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}
