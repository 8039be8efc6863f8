// One question of a page: asked again when its key changes, answered in order, waiting and failing in words.
import { isAbort, Latest } from '../api/client';
import type { Notice } from './notice';

export class Question<T> {
  private readonly latest = new Latest();
  private key = '';
  private answer: T | undefined;

  constructor(private readonly note: Notice, private readonly work: (signal: AbortSignal) => Promise<T>, private readonly show: (answer: T) => void) {}

  ask(key: unknown): void {
    const text = JSON.stringify(key);
    if (text === this.key) {
      if (this.answer !== undefined) this.show(this.answer);
      return;
    }
    this.key = text;
    this.answer = undefined;
    this.note.busy();
    this.latest.run(this.work).then((answer) => {
      if (this.key !== text) return;
      this.answer = answer;
      this.note.done();
      this.show(answer);
    }, (error: unknown) => {
      if (this.key === text && !isAbort(error)) {
        this.key = '';
        this.note.fail(error);
      }
    });
  }

  stop(): void {
    this.latest.stop();
    this.key = 'stopped';
  }
}
