/** What everything that kinebench makes on a target is known by, whether a run made it or a conformance run: names, tags and keys. */

/** Every stream, consumer and delivery stream that kinebench makes begins with this. */
export const STREAM_PREFIX = 'kinebench-';
/** What the names of all streams and delivery streams of conformance runs begin with. */
export const CONFORM_PREFIX = 'kinebench-conform';
/** Tag whose value is the id of the run that something was made for. */
export const RUN_TAG = 'kinebench-run';
/** Tag whose value is the time, in epoch seconds, after which `kinebench sweep` may remove it. Not every endpoint takes colons in tags. */
export const EXPIRES_TAG = 'kinebench-expires';
/** Keys of every object that kinebench lets be written begin with this; then comes the run, or the delivery stream of a conformance run. */
export const OBJECT_ROOT = 'kinebench/';
