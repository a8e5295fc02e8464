import { expect, test } from 'vitest';
import { normalForm } from './normal-form.ts';

test('is the form that Unicode has', () => {
  const decomposed = 'e\u0301';
  for (const text of ['', 'plain', decomposed, 'ﬁ', decomposed.repeat(2000), 'ｶﾞ'.repeat(2000)]) {
    expect(normalForm(text, 'NFC')).toBe(text.normalize('NFC'));
    expect(normalForm(text, 'NFKC')).toBe(text.normalize('NFKC'));
  }
  const short = `a${'\u0301\u0316'.repeat(400)}`;
  expect(normalForm(short, 'NFC')).toBe(short.normalize('NFC'));
});

test('leaves long text alone that has more marks on a letter than any script', () => {
  for (const marks of ['\u0301\u0316', '\uFF9E\u0316']) {
    const text = `a${marks.repeat(20_000)}`;
    expect(normalForm(text, 'NFKC')).toBe(text);
  }
});

test('no other letter becomes a mark alone', () => {
  const others: string[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const letter = String.fromCodePoint(code);
    if (!/[\p{M}\p{Cs}]/u.test(letter) && !/\P{M}/u.test(letter.normalize('NFKD'))) {
      others.push(letter);
    }
  }
  expect(others).toEqual(['\uFF9E', '\uFF9F']);
});
