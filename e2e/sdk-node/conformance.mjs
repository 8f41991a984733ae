// The SDKs of OpenAI and Anthropic as an application uses them, against the Gantry at GANTRY_URL with GANTRY_API_KEY.
// Prints one line of JSON per case: its name, and what went wrong or null.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const url = process.env.GANTRY_URL;
const apiKey = process.env.GANTRY_API_KEY;
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, timeout: 30_000 });
const anthropic = new Anthropic({ baseURL: url, apiKey, maxRetries: 0, timeout: 30_000 });

const words = Array.from({ length: 20 }, (_, index) => `word${index} `).join('');
const user = (content) => [{ role: 'user', content }];
const cases = [];
const test = (name, run) => cases.push({ name, run });

async function failure(promise, type) {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof type, `${type.name} expected, but was ${error.constructor.name}: ${error.message}`);
    return error;
  }
  assert.fail(`${type.name} expected, but nothing failed`);
}

async function read(stream) {
  const events = [];
  for await (const event of stream) {
    events.push(event);
  }
  return events;
}

const openAiTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Tells the weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const anthropicTool = {
  name: 'get_weather',
  description: 'Tells the weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

for (const provider of ['openai', 'anthropic']) {
  const model = (behaviour) => `${provider}-${behaviour}`;
  const chat = (behaviour, more = {}) =>
    openai.chat.completions.create({ model: model(behaviour), messages: user('hello out there'), ...more });
  const message = (behaviour, more = {}) =>
    anthropic.messages.create({
      model: model(behaviour), max_tokens: 1000, messages: user('hello out there'), ...more,
    });

  test(`openai SDK, ${provider} model: chat`, async () => {
    const reply = await chat('echo');
    assert.equal(reply.object, 'chat.completion');
    assert.equal(reply.choices[0].message.role, 'assistant');
    assert.equal(reply.choices[0].message.content, 'hello out there');
    assert.equal(reply.choices[0].finish_reason, 'stop');
    assert.equal(reply.usage.prompt_tokens, 11);
    assert.equal(reply.usage.completion_tokens, 3);
    assert.equal(reply.usage.total_tokens, 14);
    assert.ok(reply._request_id, 'the SDK finds a request id');
  });

  test(`openai SDK, ${provider} model: the bound on tokens ends the answer`, async () => {
    const reply = await chat('words', { max_completion_tokens: 3 });
    assert.equal(reply.choices[0].message.content, 'word0 word1 word2 ');
    assert.equal(reply.choices[0].finish_reason, 'length');
  });

  test(`openai SDK, ${provider} model: numbers of cache and reasoning`, async () => {
    const { usage } = await chat('counted');
    assert.equal(usage.prompt_tokens, 100);
    assert.equal(usage.prompt_tokens_details.cached_tokens, 40);
  });

  test(`openai SDK, ${provider} model: stream`, async () => {
    const chunks = await read(await chat('words', { stream: true, stream_options: { include_usage: true } }));
    assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), words);
    assert.ok(chunks.filter((chunk) => chunk.choices[0]?.delta.content).length > 5, 'it came bit by bit');
    assert.equal(chunks.filter((chunk) => chunk.choices[0]?.finish_reason).at(-1).choices[0].finish_reason, 'stop');
    assert.deepEqual(
      chunks.filter((chunk) => chunk.usage).map(({ usage }) => [usage.prompt_tokens, usage.completion_tokens]),
      [[11, 20]],
    );
  });

  test(`openai SDK, ${provider} model: stream without numbers unless asked for`, async () => {
    const chunks = await read(await chat('words', { stream: true }));
    assert.ok(chunks.every((chunk) => !chunk.usage));
    assert.ok(chunks.every((chunk) => chunk.choices.length === 1), 'no chunk without choices');
  });

  test(`openai SDK, ${provider} model: tools`, async () => {
    const reply = await chat('tool', { tools: [openAiTool] });
    assert.equal(reply.choices[0].finish_reason, 'tool_calls');
    const [call] = reply.choices[0].message.tool_calls;
    assert.equal(call.function.name, 'get_weather');
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris' });
    const next = await openai.chat.completions.create({
      model: model('echo'),
      tools: [openAiTool],
      messages: [
        ...user('What is the weather?'),
        reply.choices[0].message,
        { role: 'tool', tool_call_id: call.id, content: 'Sunny' },
        ...user('Thank you'),
      ],
    });
    assert.equal(next.choices[0].message.content, 'Thank you');
  });

  test(`openai SDK, ${provider} model: tools in a stream`, async () => {
    const stream = openai.chat.completions.stream({
      model: model('tool'), messages: user('What is the weather?'), tools: [openAiTool],
    });
    const [call] = (await stream.finalChatCompletion()).choices[0].message.tool_calls;
    assert.equal(call.function.name, 'get_weather');
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris' });
  });

  test(`openai SDK, ${provider} model: rate limit of the provider`, async () => {
    const error = await failure(chat('limited'), OpenAI.RateLimitError);
    assert.equal(error.headers.get('retry-after'), '7');
    assert.equal(error.headers.get('x-should-retry'), 'true');
    assert.equal(error.type, 'rate_limit_error');
    assert.equal(error.code, 'rate_limit_exceeded');
  });

  test(`openai SDK, ${provider} model: rate limit before a stream`, async () => {
    await failure(chat('limited', { stream: true }), OpenAI.RateLimitError);
  });

  test(`openai SDK, ${provider} model: provider refuses the operator's key`, async () => {
    const error = await failure(chat('locked'), OpenAI.InternalServerError);
    assert.equal(error.status, 502);
    assert.ok(!error.message.includes('sk-testing'), 'the key is not told');
  });

  test(`openai SDK, ${provider} model: provider dies in the middle of a stream`, async () => {
    await failure(chat('dying', { stream: true }).then(read), OpenAI.APIError);
  });

  test(`openai SDK, ${provider} model: provider reports an error in the stream`, async () => {
    await failure(chat('complaining', { stream: true }).then(read), OpenAI.APIError);
  });

  test(`openai SDK, ${provider} model: abort in the middle of a stream`, async () => {
    const stream = await chat('endless', { stream: true });
    let seen = 0;
    for await (const chunk of stream) {
      seen += chunk.choices.length;
      if (seen > 5) {
        stream.controller.abort();
      }
    }
    assert.ok(seen < 1000);
  });

  test(`anthropic SDK, ${provider} model: message`, async () => {
    const reply = await message('echo');
    assert.equal(reply.type, 'message');
    assert.equal(reply.role, 'assistant');
    assert.deepEqual(reply.content.map(({ type, text }) => ({ type, text })), [
      { type: 'text', text: 'hello out there' },
    ]);
    assert.equal(reply.stop_reason, 'end_turn');
    assert.equal(reply.usage.input_tokens, 11);
    assert.equal(reply.usage.output_tokens, 3);
  });

  test(`anthropic SDK, ${provider} model: the bound on tokens ends the answer`, async () => {
    const reply = await message('words', { max_tokens: 3 });
    assert.equal(reply.content[0].text, 'word0 word1 word2 ');
    assert.equal(reply.stop_reason, 'max_tokens');
  });

  test(`anthropic SDK, ${provider} model: numbers of the cache`, async () => {
    const { usage } = await message('counted');
    assert.equal(usage.input_tokens, 60);
    assert.equal(usage.cache_read_input_tokens, 40);
  });

  test(`anthropic SDK, ${provider} model: stream`, async () => {
    const stream = anthropic.messages.stream({
      model: model('words'), max_tokens: 1000, messages: user('hello out there'),
    });
    let pieces = 0;
    stream.on('text', () => pieces++);
    const reply = await stream.finalMessage();
    assert.equal(reply.content[0].text, words);
    assert.ok(pieces > 5, 'it came bit by bit');
    assert.equal(reply.stop_reason, 'end_turn');
    assert.equal(reply.usage.output_tokens, 20);
  });

  test(`anthropic SDK, ${provider} model: tools`, async () => {
    const reply = await message('tool', { tools: [anthropicTool] });
    assert.equal(reply.stop_reason, 'tool_use');
    const call = reply.content.find(({ type }) => type === 'tool_use');
    assert.equal(call.name, 'get_weather');
    assert.deepEqual(call.input, { city: 'Paris' });
    const next = await message('echo', {
      tools: [anthropicTool],
      messages: [
        ...user('What is the weather?'),
        { role: 'assistant', content: reply.content },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: call.id, content: 'Sunny' },
            { type: 'text', text: 'Thank you' },
          ],
        },
      ],
    });
    assert.equal(next.content[0].text, 'Thank you');
  });

  test(`anthropic SDK, ${provider} model: tools in a stream`, async () => {
    const stream = anthropic.messages.stream({
      model: model('tool'), max_tokens: 1000, tools: [anthropicTool], messages: user('What is the weather?'),
    });
    const reply = await stream.finalMessage();
    const call = reply.content.find(({ type }) => type === 'tool_use');
    assert.equal(call.name, 'get_weather');
    assert.deepEqual(call.input, { city: 'Paris' });
    assert.equal(reply.stop_reason, 'tool_use');
  });

  test(`anthropic SDK, ${provider} model: rate limit of the provider`, async () => {
    const error = await failure(message('limited'), Anthropic.RateLimitError);
    assert.equal(error.headers.get('retry-after'), '7');
    assert.equal(error.error.error.type, 'rate_limit_error');
  });

  test(`anthropic SDK, ${provider} model: provider dies in the middle of a stream`, async () => {
    await failure(message('dying', { stream: true }).then(read), Anthropic.APIError);
  });

  test(`anthropic SDK, ${provider} model: abort in the middle of a stream`, async () => {
    const stream = await message('endless', { stream: true });
    let seen = 0;
    for await (const event of stream) {
      seen += event.type === 'content_block_delta' ? 1 : 0;
      if (seen > 5) {
        stream.controller.abort();
      }
    }
    assert.ok(seen < 1000);
  });
}

test('openai SDK: wrong key', async () => {
  const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'gk_wrong_key', maxRetries: 0 });
  const error = await failure(
    stranger.chat.completions.create({ model: 'openai-echo', messages: user('hello') }), OpenAI.AuthenticationError);
  assert.equal(error.code, 'invalid_api_key');
  assert.ok(error.requestID);
});

test('openai SDK: unknown model', async () => {
  const error = await failure(
    openai.chat.completions.create({ model: 'openai-ecko', messages: user('hello') }), OpenAI.NotFoundError);
  assert.equal(error.code, 'model_not_found');
  assert.match(error.message, /openai-echo/, 'it names the nearest model');
});

test('openai SDK: malformed request', async () => {
  const error = await failure(
    openai.chat.completions.create({ model: 'openai-echo', messages: user('hello'), stream: 'perhaps' }),
    OpenAI.BadRequestError);
  assert.equal(error.type, 'invalid_request_error');
  assert.equal(error.param, 'stream');
});

test('openai SDK: models', async () => {
  const names = (await read(openai.models.list())).map(({ id }) => id);
  assert.ok(names.includes('openai-echo') && names.includes('offline/extract'), names.join());
});

test('anthropic SDK: wrong key', async () => {
  const stranger = new Anthropic({ baseURL: url, apiKey: 'gk_wrong_key', maxRetries: 0 });
  const error = await failure(
    stranger.messages.create({ model: 'openai-echo', max_tokens: 9, messages: user('hello') }),
    Anthropic.AuthenticationError);
  assert.equal(error.error.error.type, 'authentication_error');
  assert.ok(error.requestID, 'the SDK finds a request id');
});

test('anthropic SDK: unknown model', async () => {
  const error = await failure(
    anthropic.messages.create({ model: 'nothing-like-it', max_tokens: 9, messages: user('hello') }),
    Anthropic.NotFoundError);
  assert.equal(error.error.error.type, 'not_found_error');
});

test('anthropic SDK: malformed request', async () => {
  const error = await failure(
    anthropic.messages.create({ model: 'openai-echo', max_tokens: 'many', messages: user('hello') }),
    Anthropic.BadRequestError);
  assert.equal(error.error.error.type, 'invalid_request_error');
});

test('anthropic SDK: models', async () => {
  const names = (await read(anthropic.models.list())).map(({ id }) => id);
  assert.ok(names.includes('openai-echo') && names.includes('offline/extract'), names.join());
});

await Promise.all(
  cases.map(async ({ name, run }) => {
    let problem = null;
    try {
      await run();
    } catch (error) {
      problem = String(error.stack ?? error);
    }
    console.log(JSON.stringify({ name, problem }));
  }),
);
process.exit(0);
