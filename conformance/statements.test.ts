/** One test per statement, against the embedded reference or the target that KINEBENCH_TARGET names. */
import './suite.ts';
