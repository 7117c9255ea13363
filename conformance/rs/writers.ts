/** Writers that go on while something else is done. */

/** Does `act` while the writers write, and lets them end after it. What goes wrong with either ends both. */
export async function whileWriting<T>(
  writers: readonly ((going: () => boolean) => Promise<void>)[],
  act: () => Promise<T>,
): Promise<T> {
  let going = true;
  const writing = Promise.all(writers.map((write) => write(() => going)));
  writing.catch(() => (going = false));
  try {
    return await act();
  } finally {
    going = false;
    await writing;
  }
}
