/** What watchers followed records to, with what the scenario asked for. */
import type { DeliveryDoc, Result } from '../result.ts';
import type { DeliveryPlan } from '../scenario/plan.ts';

/** What one watcher found. */
export interface Followed {
  readonly doc: DeliveryDoc;
  readonly plan: DeliveryPlan;
}

/** What was watched, with what was asked for. */
export function followed({ delivery = [], scenario }: Result): Followed[] {
  return delivery.flatMap((doc) => {
    const plan = scenario.plan.deliveries?.find(({ alias }) => alias === doc.delivery);
    return plan ? [{ doc, plan }] : [];
  });
}

/** What records arrive in there. */
export function wordOf({ destination }: DeliveryPlan): 'object' | 'request' | 'answer' {
  return destination === 's3' ? 'object' : destination === 'opensearch' ? 'answer' : 'request';
}
