import { describe, expect, it } from 'vitest';
import { factsOf } from './facts.ts';
import { type GuardReason, refusal } from './guard.ts';

const refused = (a: string, b: string) => refusal(factsOf(a), factsOf(b));

describe('the guard lets pass', () => {
  it.each([
    ['What is the capital of France?', 'What is the capital of France'],
    ['What is the capital of France?', "What's the capital of France?"],
    ['What is the capital of France?', 'Please, what is the capital of France?'],
    ['What is the capital of France?', 'Can you tell me what the capital of France is?'],
    ['How do I reset a password?', 'How can I reset the password?'],
    ['How do I boil an egg?', 'How would one boil eggs?'],
    ['How does photosynthesis work?', 'How does photosynthesis work in plants?'],
    ['What are the symptoms of measles?', 'What are some symptoms of the measles?'],
    ['What is 2 + 2?', 'what is two + two'],
    ['Give three uses of baking soda.', 'Give 3 uses of baking soda'],
    ['Why is the sky blue?', 'Why does the sky look blue?'],
    ['How do I fix a flat tire?', 'How can I repair a flat tire?'],
    ['How do I lose weight quickly?', 'How do I lose weight fast?'],
    ['What is the boiling point of water in Celsius?', "What's the boiling point of water, in Celsius?"],
    ["Why don't cats like water?", 'Why do cats not like water?'],
    ['What does “idempotent” mean?', 'What does "idempotent" mean?'],
    ['what is the capital of france', 'what is the capital of France?'],
    ['who wrote the lord of the rings', 'please tell me who wrote the lord of the rings'],
  ])('%s / %s', (a, b) => {
    expect(refused(a, b)).toBeNull();
    expect(refused(b, a)).toBeNull();
  });
});

const ADVERSARIAL: readonly (readonly [GuardReason, string, string])[] = [
  ['numbers', 'What is 15% of 80?', 'What is 15% of 90?'],
  ['numbers', 'How many days are in 3 weeks?', 'How many days are in four weeks?'],
  ['numbers', 'Give three uses of baking soda.', 'Give five uses of baking soda.'],
  ['numbers', 'What happened in 1914?', 'What happened in 1941?'],
  ['numbers', 'What happened on 2027-01-05?', 'What happened on 2027-05-01?'],
  ['numbers', 'How do I upgrade from 2 to 3?', 'How do I upgrade from 3 to 2?'],
  ['numbers', 'What is -5 in words?', 'What is 5 in words?'],
  ['numbers', 'What is 1,000 in words?', 'What is 1.000 in words?'],
  ['numbers', 'What is the price of $5 in euros?', 'What is the price of £5 in euros?'],
  ['numbers', 'How good is GPT-4 at chess?', 'How good is GPT-5 at chess?'],
  ['numbers', 'Who was the third president?', 'Who was the fourth president?'],
  ['numbers', 'What is H2O?', 'What is H2O2?'],
  ['numbers', 'How is the weather at 10:30?', 'How is the weather at 10:31?'],
  ['signs', 'What is x + y?', 'What is x - y?'],
  ['signs', 'What is the type of node.js modules?', 'What is the type of deno.js modules?'],
  ['signs', 'How do I learn C++?', 'How do I learn C#?'],
  ['signs', 'What does 😀 mean?', 'What does 😡 mean?'],
  ['signs', 'Who owns a@example.com?', 'Who owns b@example.com?'],
  ['signs', 'What does the path /etc/hosts hold?', 'What does the path /etc/shadow hold?'],
  ['names', 'What is the capital of France?', 'What is the capital of Germany?'],
  ['names', 'What is the population of Austria?', 'What is the population of Australia?'],
  ['names', 'Paris hotels with a pool?', 'London hotels with a pool?'],
  ['names', 'Who is the CEO of Apple?', 'Who is the CTO of Apple?'],
  ['names', 'What is IT?', 'What is it?'],
  ['names', 'What does the café serve?', 'What does the cafe serve?'],
  ['names', 'What is on television on monday?', 'What is on television on tuesday?'],
  ['names', 'What does A stand for?', 'What does B stand for?'],
  ['order', 'What flights go from Paris to Rome?', 'What flights go from Rome to Paris?'],
  ['units', 'How do I convert euros to dollars?', 'How do I convert dollars to euros?'],
  ['order', 'Why did the dog bite the man?', 'Why did the man bite the dog?'],
  ['order', 'Is Java faster than Python?', 'Is Python faster than Java?'],
  ['order', 'What does Anna owe Bert?', 'What does Bert owe Anna?'],
  ['negations', 'Which foods are good for dogs?', 'Which foods are not good for dogs?'],
  ['negations', 'Why do people drink coffee?', "Why don't people drink coffee?"],
  ['negations', 'How do I sleep with noise?', 'How do I sleep without noise?'],
  ['negations', 'Which birds can fly?', 'Which birds cannot fly?'],
  ['negations', 'What are toxic plants?', 'What are non-toxic plants?'],
  ['words', 'Are the parts compatible?', 'Are the parts incompatible?'],
  ['words', 'What are the reversible reactions?', 'What are the irreversible reactions?'],
  ['words', 'What is a painful death?', 'What is a painless death?'],
  ['words', 'How do I increase the volume?', 'How do I decrease the volume?'],
  ['words', 'How do I enable logging?', 'How do I disable logging?'],
  ['turning', 'Which is the best phone?', 'Which is the worst phone?'],
  ['turning', 'What to do before surgery?', 'What to do after surgery?'],
  ['words', 'What are the pros of remote work?', 'What are the cons of remote work?'],
  ['turning', 'Can all birds fly?', 'Can some birds fly?'],
  ['words', 'How can I cancel the card?', 'How can I close the account?'],
  ['units', 'How tall is Everest in feet?', 'How tall is Everest in meters?'],
  ['units', 'How far is 5km?', 'How far is 5 miles?'],
  ['question', 'What is a bond?', 'Why is a bond?'],
  ['question', 'When was Rome founded?', 'Where was Rome founded?'],
  ['question', 'How many wolves are in a pack?', 'How soon are wolves in a pack?'],
  ['question', 'Is coffee healthy?', 'Why is coffee healthy?'],
  ['quotes', 'What does "affect" mean?', 'What does "effect" mean?'],
  ['quotes', "What does 'affect' mean?", "What does 'effect' mean?"],
  ['quotes', 'What does `git reset` do?', 'What does `git revert` do?'],
  ['payload', 'Translate to French: the cat sleeps', 'Translate to French: the dog sleeps'],
  ['payload', 'Summarize the text.\nIt rains.', 'Summarize the text.\nIt snows.'],
  ['turning', 'What are the phones of the year?', 'What are the best phones of the year?'],
  ['units', 'How tall is Everest?', 'How tall is Everest in feet?'],
  ['turning', 'How do I get to Rome?', 'How do I get from Rome?'],
  ['turning', 'What should he wear to a wedding?', 'What should she wear to a wedding?'],
  ['turning', 'Who is the king of Spain?', 'Who was the king of Spain?'],
  ['turning', 'Why does the dog bark?', 'Why did the dog bark?'],
  ['turning', 'What is a gift to Anna?', 'What is a gift by Anna?'],
  ['order', 'Is x more than 5?', 'Is 5 more than x?'],
  ['words', 'How do I give a visa?', 'How do I get a visa?'],
  ['words', 'What is it?', 'What is that?'],
  ['words', 'How do I treat a dog bite?', 'How do I treat a cat bite?'],
  ['words', 'How do I sort a list ascending?', 'How do I sort a list descending?'],
  ['words', 'What is a synonym of happy?', 'What is an antonym of happy?'],
  ['words', 'How do I cook rice?', 'How do I cook fried rice in wine?'],
  ['words', 'How do I bake bread?', 'How do I make cake?'],
  ['words', 'what is the population of germany', 'what is the population of france'],
  [
    'words',
    'Write the plot of a novel in which a tired detective meets a gentle ghost near the quiet harbour, drinks cider, and solves a crime about stolen violins.',
    'Write the plot of a novel in which a tired detective meets a gentle ghost near the quiet harbour, drinks cider, and solves a crime about stolen diamonds.',
  ],
];

describe('the guard refuses', () => {
  it.each(ADVERSARIAL)('%s: %s / %s', (reason, a, b) => {
    expect([refused(a, b), refused(b, a)]).toEqual([reason, reason]);
  });
});

describe('what the guard compares', () => {
  it('is nothing that could be read', () => {
    const facts = JSON.stringify(factsOf('What does Ms Miller earn in "Springfield"? Her PIN is 4711.'));
    expect(facts).not.toMatch(/miller|springfield|4711|pin\b|earn/i);
  });

  it('is the same for every form of the same characters', () => {
    expect(factsOf('Where is the Caf\u00e9 \u201cNo\u201d?')).toEqual(
      factsOf('Where is the Cafe\u0301 "No"?'),
    );
  });

  it('is bounded by the text, however odd', () => {
    for (const text of [
      '',
      ' ',
      '...',
      '"'.repeat(2000),
      "'a ".repeat(600),
      '`'.repeat(1999),
      '-'.repeat(2000),
      'a-'.repeat(1000),
      '1,'.repeat(1000),
      ': '.repeat(1000),
      '\ud800',
    ]) {
      const before = performance.now();
      expect(JSON.stringify(factsOf(text)).length).toBeLessThan(60_000);
      expect(performance.now() - before).toBeLessThan(200);
    }
  });
});
