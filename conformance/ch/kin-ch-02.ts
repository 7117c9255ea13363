/** KIN-CH-02: what is not of the format that a channel was made for is told of, and not delivered. */
import { haveAll, textOf } from '../fh/delivery-stream.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { newTexts, putTexts, withChannel, withSource, writtenOf } from './channel.ts';

const RECORDS = 5;

export const kinCh02 = statement({
  id: 'KIN-CH-02',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['guide'],
  sentence:
    'A record that is not of the RecordFormatType of its channel is not delivered; something about it goes to the dead-letter queue.',
  source: 'Kinesis Data Streams developer guide, data delivery (record formats, dead-letter queue)',
  fault: 'ch.invalid-delivered',
  needs: ['channels', 'clock'],
  lane: 'slow',
  uses: { streams: [4], onDemand: 1, seconds: 1000 },
  exercises: { 'channels made': 1, 'records put': 2 * RECORDS, 'objects read': 2 },
  check: (context) =>
    withSource(context, (source) =>
      withChannel(context, source, 'JSON', async () => {
        const right = newTexts(context, RECORDS).map((text) => JSON.stringify({ text }));
        // An object that is never closed, and no JSON at all.
        const wrong = newTexts(context, RECORDS).map((text, index) =>
          index % 2 === 0 ? `{"text":${JSON.stringify(text)}` : text,
        );
        await putTexts(
          context,
          source,
          right.flatMap((text, index) => [text, wrong[index]!]),
        );
        const { records, deadLetters } = await writtenOf(
          context,
          source,
          (written) => haveAll(right)(written.records) && written.deadLetters.length > 0,
        );
        const delivered = textOf(records);
        const came = right.filter((text) => delivered.includes(text)).length;
        const strangers = wrong.filter((text) => delivered.includes(text));
        const said = `of ${RECORDS} records of JSON a channel for JSON delivered ${came}, of ${RECORDS} of no JSON ${strangers.length}; the dead-letter queue has ${deadLetters.length} objects`;
        if (strangers.length > 0)
          return broken(`${said}; delivered was ${strangers[0]}, and AWS documents that the format is checked`);
        return came === RECORDS && deadLetters.length > 0 ? holds(said) : unobserved(`${said}; more may still come`);
      }),
    ),
});
