import { describe, expect, it } from 'vitest';
import { oldNodeText } from './node-version.ts';

describe('oldNodeText', () => {
  it('says in one line what is needed, what is there and how to get it', () => {
    const text = oldNodeText('20.18.1');
    expect(text).toMatch(
      /^calve needs Node 24 or newer; this is Node 20\.18\.1\. Get it from https:\/\/nodejs\.org, or .*nvm install 24$/,
    );
  });

  it.each(['24.0.0', '24.21.0', '25.1.0', '100.0.0', '24.0.0-nightly2025'])('has nothing against %s', (version) => {
    expect(oldNodeText(version)).toBe(null);
  });

  it.each(['4.0.0', '23.11.1', '9.9.9'])('refuses %s', (version) => {
    expect(oldNodeText(version)).not.toBe(null);
  });
});
