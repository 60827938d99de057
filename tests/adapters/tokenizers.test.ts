import { readFileSync } from 'node:fs';
import * as o200k from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { createEstimatingCountTokens, estimateTokens } from '../../adapters/memory/tokenizer.ts';
import { createNodeCountTokens } from '../../adapters/node/tokenizer.ts';
import { countTokensContract, watchTurns } from '../contract/tokenizer.ts';

countTokensContract('o200k_base', async () => ({ countTokens: createNodeCountTokens() }));
countTokensContract('estimate', async () => ({ countTokens: createEstimatingCountTokens() }));

const never = new AbortController().signal;
const source = readFileSync(new URL('../../src/gateway.ts', import.meta.url), 'utf8');
const manual = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

/** One thought in several languages, and what else is in prompts. */
const TEXTS: Readonly<Record<string, string>> = {
  English:
    'The gateway takes requests from applications and forwards them to providers of language models. It counts tokens, keeps answers in a cache and watches the budget of every team.',
  German:
    'Das Gateway nimmt Anfragen von Anwendungen entgegen und leitet sie an Anbieter von Sprachmodellen weiter. Es zählt Token, hält Antworten im Zwischenspeicher und überwacht die Budgets.',
  French:
    'La passerelle reçoit les requêtes des applications et les transmet aux fournisseurs de modèles de langue. Elle compte les jetons, met les réponses en cache et surveille les budgets.',
  Vietnamese:
    'Cổng nhận yêu cầu từ các ứng dụng và chuyển chúng đến nhà cung cấp mô hình ngôn ngữ. Nó đếm số token và lưu câu trả lời.',
  Russian:
    'Шлюз принимает запросы приложений и передаёт их поставщикам языковых моделей. Он считает токены, хранит ответы в кэше и следит за бюджетом каждой команды.',
  Greek:
    'Η πύλη δέχεται αιτήματα εφαρμογών και τα προωθεί στους παρόχους γλωσσικών μοντέλων. Μετρά τα σύμβολα και αποθηκεύει τις απαντήσεις.',
  Arabic:
    'تستقبل البوابة طلبات التطبيقات وترسلها إلى مزودي نماذج اللغة، وتحسب عدد الرموز وتحفظ الإجابات في الذاكرة المؤقتة.',
  Hindi:
    'यह गेटवे अनुप्रयोगों के अनुरोध लेता है और उन्हें भाषा मॉडल के प्रदाताओं तक पहुँचाता है। यह टोकन गिनता है और उत्तरों को सहेजता है।',
  Chinese:
    '网关接收应用程序的请求，并把它们转发给语言模型的提供商。它会计算令牌的数量，缓存答案，并监控每个团队的预算。',
  Japanese:
    'ゲートウェイはアプリケーションからの要求を受け取り、言語モデルの提供者に転送します。トークンを数え、回答をキャッシュに保存し、予算を見守ります。',
  Korean:
    '게이트웨이는 애플리케이션의 요청을 받아 언어 모델 제공자에게 전달합니다. 토큰을 세고 답변을 캐시에 저장하며 예산을 관리합니다.',
  code: source,
  markdown: manual,
  JSON: JSON.stringify(
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).scripts,
  ),
  base64: Buffer.from(source).toString('base64'),
};

describe('the count on Node', () => {
  it('is that of the vocabulary, though it is made in pieces', async () => {
    const countTokens = createNodeCountTokens();
    for (const [name, text] of Object.entries(TEXTS)) {
      if (name === 'base64') continue;
      // Long, and within what is counted: the manual grows.
      const long = Array.from({ length: 20 }, () => text.slice(0, 20_000)).join('\n\n');
      expect(await countTokens([long], never), name).toEqual({
        tokens: o200k.countTokens(long),
        estimated: false,
      });
    }
  });

  it('is off by few where nothing says where to cut', async () => {
    const base64 = Buffer.from(manual).toString('base64');
    const { tokens } = await createNodeCountTokens()([base64], never);
    const exact = o200k.countTokens(base64);
    expect(Math.abs(tokens - exact) / exact).toBeLessThan(0.01);
  });

  it('does not cut an emoji in two', async () => {
    const { tokens } = await createNodeCountTokens()([`a${'\u{1f680}'.repeat(1000)}`], never);
    expect(tokens).toBeLessThan(o200k.countTokens('\u{1f680}'.repeat(1000)) + 10);
  });

  it('says when it gave up counting and estimated the rest', async () => {
    const countTokens = createNodeCountTokens();
    const text = manual.repeat(Math.ceil(1_500_000 / manual.length));
    const { tokens, estimated } = await countTokens([text.slice(0, 250_000), text.slice(250_000)], never);
    expect(estimated).toBe(true);
    const expected = (o200k.countTokens(manual) * text.length) / manual.length;
    expect(Math.abs(tokens - expected) / expected).toBeLessThan(0.2);
  });

  it('stops half-way when the caller goes', async () => {
    const countTokens = createNodeCountTokens();
    await countTokens(['load'], never);
    const gone = new AbortController();
    const count = countTokens(['\u6f22\u5b57'.repeat(250_000)], gone.signal);
    setImmediate(() => gone.abort(new Error('gone')));
    await expect(count).rejects.toThrow('gone');
  });

  it('takes a turn of the event loop for one count only, however many there are', async () => {
    const countTokens = createNodeCountTokens();
    await countTokens(['load'], never);
    const watch = watchTurns();
    const from = performance.now();
    const text = '\u6f22\u5b57'.repeat(10_000);
    await Promise.all(Array.from({ length: 40 }, () => countTokens([text], never)));
    expect((performance.now() - from) / watch.turns(), 'ms a turn').toBeLessThan(50);
    watch.stop();
  });
});

describe('the estimate', () => {
  const proseAndCode = Object.entries(TEXTS).filter(([name]) => name !== 'base64');
  it.each(proseAndCode)('is within a fifth for %s', (_, text) => {
    const exact = o200k.countTokens(text);
    expect(estimateTokens(text) / exact).toBeGreaterThan(0.8);
    expect(estimateTokens(text) / exact).toBeLessThan(1.2);
  });
});
