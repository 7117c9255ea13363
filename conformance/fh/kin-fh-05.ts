/** KIN-FH-05: the hour in the prefix is UTC, or that of CustomTimeZone. */
import { broken, holds, statement, unobserved } from '../statement.ts';
import { objectsOf, putTexts, withDelivery } from './delivery-stream.ts';

const HOUR_MS = 3_600_000;
/** Clocks of an endpoint and of a check may differ by so much. */
const SKEW_MS = 60_000;
/** Fourteen hours ahead of UTC in summer and winter: another day most of the time. */
const ZONE = { name: 'Pacific/Kiritimati', aheadMs: 14 * HOUR_MS };

export const kinFh05 = statement({
  id: 'KIN-FH-05',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence: 'Behind the prefix stands the hour as YYYY/MM/DD/HH/, in UTC unless CustomTimeZone names another zone.',
  source: 'S3DestinationConfiguration, Prefix; ExtendedS3DestinationConfiguration, CustomTimeZone',
  fault: 'fh.local-time',
  needs: ['firehose'],
  uses: { shared: [], deliveryStreams: 2 },
  exercises: { 'objects read': 2 },
  check: async (context) => {
    const { clock } = context;
    const seen: string[] = [];
    for (const { name, aheadMs } of [{ name: '', aheadMs: 0 }, ZONE]) {
      const destination = {
        BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 1 },
        ...(name !== '' && { CustomTimeZone: name }),
      };
      const finding = await withDelivery(context, destination, async (stream) => {
        const fromMs = clock.now() - SKEW_MS;
        await putTexts(context, stream, [context.data()]);
        const hours = [fromMs, clock.now() + SKEW_MS].map((ms) => hourOf(ms + aheadMs));
        const [object] = await objectsOf(context, stream, (all) => all.length > 0);
        if (!object) return unobserved('nothing was delivered within 40 s');
        const said = `a record put at ${new Date(fromMs + SKEW_MS).toISOString()} with CustomTimeZone "${name}" was delivered behind the prefix as ${object.key}`;
        return hours.some((hour) => object.key.startsWith(hour))
          ? holds(said)
          : broken(`${said}; AWS documents ${hours[0]}`);
      });
      if (finding.outcome !== 'holds') return finding;
      seen.push(finding.message);
    }
    return holds(seen.join(' · '));
  },
});

function hourOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 13).replaceAll('-', '/').replace('T', '/')}/`;
}
