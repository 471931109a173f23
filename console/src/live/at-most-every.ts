// Something that is asked for often and done now and then: at once, and once more for all that came meanwhile.

export interface Paced {
  readonly ask: () => void;
  readonly stop: () => void;
}

export function atMostEvery(gapMs: number, work: () => void): Paced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAskedAgain = false;
  const rest = () => {
    timer = undefined;
    if (!isAskedAgain) return;
    isAskedAgain = false;
    run();
  };
  const run = () => {
    timer = setTimeout(rest, gapMs);
    work();
  };
  return {
    ask: () => {
      if (timer === undefined) run();
      else isAskedAgain = true;
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
      isAskedAgain = false;
    },
  };
}
