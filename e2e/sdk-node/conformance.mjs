// The SDKs of OpenAI and Anthropic as an application uses them, against the Gantry at GANTRY_URL with GANTRY_API_KEY.
// Prints one line of JSON per case: its name, and what went wrong or null.
import assert from 'node:assert/strict';
import http from 'node:http';
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

// The provider said seven seconds; what is left of them when it is not asked again.
function assertWait(error) {
  const seconds = Number(error.headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 7, `retry-after is ${error.headers.get('retry-after')}`);
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

for (const provider of ['openai', 'anthropic', 'gemini', 'bedrock']) {
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
    assertWait(error);
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
    assertWait(error);
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

const responseTool = { type: 'function', ...openAiTool.function, strict: false };
const pixel = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

for (const provider of ['native', 'openai', 'anthropic', 'gemini', 'bedrock', 'ollama']) {
  const respond = (behaviour, more = {}) =>
    openai.responses.create({ model: `${provider}-${behaviour}`, input: 'hello out there', ...more });

  test(`openai SDK, ${provider} model: response`, async () => {
    const reply = await respond('echo', { instructions: 'Repeat.', store: false });
    assert.equal(reply.object, 'response');
    assert.equal(reply.status, 'completed');
    assert.equal(reply.output_text, 'hello out there');
    assert.deepEqual(reply.output.map(({ type, role, status }) => [type, role, status]), [
      ['message', 'assistant', 'completed'],
    ]);
    assert.deepEqual(
      [reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.total_tokens], [11, 3, 14]);
    assert.ok(reply._request_id, 'the SDK finds a request id');
  });

  test(`openai SDK, ${provider} model: response to items with a picture`, async () => {
    const reply = await respond('echo', {
      input: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'hello' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes?', annotations: [] }] },
        {
          role: 'user',
          content: [{ type: 'input_text', text: 'what is this' }, { type: 'input_image', image_url: pixel }],
        },
      ],
    });
    assert.equal(reply.output_text, 'what is this');
  });

  test(`openai SDK, ${provider} model: the bound on tokens ends the response`, async () => {
    const reply = await respond('words', { max_output_tokens: 3 });
    assert.equal(reply.output_text, 'word0 word1 word2 ');
    assert.equal(reply.status, 'incomplete');
    assert.equal(reply.incomplete_details.reason, 'max_output_tokens');
  });

  test(`openai SDK, ${provider} model: response in JSON by a schema`, async () => {
    const reply = await respond('json', {
      text: {
        format: {
          type: 'json_schema', name: 'place', strict: true,
          schema: {
            type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false,
          },
        },
      },
    });
    assert.deepEqual(JSON.parse(reply.output_text), { city: 'Paris' });
  });

  test(`openai SDK, ${provider} model: streamed response`, async () => {
    const events = await read(await respond('words', { stream: true }));
    assert.deepEqual(events.map((event) => event.sequence_number), events.map((event, index) => index));
    const types = events.map(({ type }) => type);
    assert.deepEqual(types.slice(0, 4), [
      'response.created', 'response.in_progress', 'response.output_item.added', 'response.content_part.added',
    ]);
    assert.deepEqual(types.slice(-4), [
      'response.output_text.done', 'response.content_part.done', 'response.output_item.done', 'response.completed',
    ]);
    const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
    assert.ok(deltas.length > 5, 'it came bit by bit');
    assert.equal(deltas.map(({ delta }) => delta).join(''), words);
    const { response } = events.at(-1);
    assert.equal(response.output[0].content[0].text, words);
    assert.equal(response.usage.output_tokens, 20);
  });

  test(`openai SDK, ${provider} model: tools of a response`, async () => {
    const reply = await respond('tool', { tools: [responseTool] });
    // Gemini seals its calls: the seal comes as reasoning before them, and goes back with the rest of the output.
    assert.deepEqual(reply.output.map(({ type }) => type),
      provider === 'gemini' ? ['reasoning', 'function_call'] : ['function_call']);
    const call = reply.output.at(-1);
    assert.equal(call.name, 'get_weather');
    assert.deepEqual(JSON.parse(call.arguments), { city: 'Paris' });
    const next = await respond('echo', {
      tools: [responseTool],
      input: [
        { role: 'user', content: 'What is the weather?' },
        ...reply.output,
        { type: 'function_call_output', call_id: call.call_id, output: 'Sunny' },
        { role: 'user', content: 'Thank you' },
      ],
    });
    assert.equal(next.output_text, 'Thank you');
  });

  test(`openai SDK, ${provider} model: parallel tools of a streamed response`, async () => {
    const stream = openai.responses.stream({
      model: `${provider}-tools`, input: 'What is the weather?', tools: [responseTool],
    });
    const reply = await stream.finalResponse();
    const calls = reply.output.filter(({ type }) => type === 'function_call');
    assert.deepEqual(calls.map((call) => [call.type, call.name, JSON.parse(call.arguments)]), [
      ['function_call', 'get_weather', { city: 'Paris' }],
      ['function_call', 'get_weather', { city: 'Oslo' }],
    ]);
    assert.equal(new Set(calls.map((call) => call.call_id)).size, 2);
  });

  test(`openai SDK, ${provider} model: rate limit of the provider before a response`, async () => {
    for (const stream of [false, true]) {
      const error = await failure(respond('limited', { stream }), OpenAI.RateLimitError);
      assertWait(error);
      assert.equal(error.code, 'rate_limit_exceeded');
    }
  });

  test(`openai SDK, ${provider} model: provider dies in the middle of a response`, async () => {
    const error = await failure(respond('dying', { stream: true }).then(read), OpenAI.APIError);
    assert.equal(error.code, 'provider_unavailable');
  });

  test(`openai SDK, ${provider} model: provider reports an error in the response`, async () => {
    await failure(respond('complaining', { stream: true }).then(read), OpenAI.APIError);
  });

  test(`openai SDK, ${provider} model: abort in the middle of a response`, async () => {
    const stream = await respond('endless', { stream: true });
    let seen = 0;
    for await (const event of stream) {
      seen += event.type === 'response.output_text.delta' ? 1 : 0;
      if (seen > 5) {
        stream.controller.abort();
      }
    }
    assert.ok(seen < 1000);
  });

  for (const [field, value] of [
    ['previous_response_id', 'resp_1'], ['store', true], ['background', true], ['conversation', 'conv_1'],
  ]) {
    test(`openai SDK, ${provider} model: no state on servers (${field})`, async () => {
      const error = await failure(respond('echo', { [field]: value }), OpenAI.BadRequestError);
      assert.equal(error.param, field);
    });
  }
}

for (const [model, length] of [['openai-embedding', 8], ['gemini-embedding', 8], ['ollama-embedding', 8], ['offline/all-minilm-l6-v2', 384]]) {
  test(`openai SDK, ${model}: embeddings`, async () => {
    const usual = await openai.embeddings.create({ model, input: ['hello out there', 'good bye'] });
    const numbers = await openai.embeddings.create({
      model, input: ['hello out there', 'good bye'], encoding_format: 'float',
    });
    assert.deepEqual(usual.data.map(({ embedding }) => embedding.length), [length, length]);
    assert.deepEqual(usual.data.map(({ index }) => index), [0, 1]);
    usual.data.forEach(({ embedding }, item) =>
      embedding.forEach((number, index) =>
        assert.ok(Math.abs(number - numbers.data[item].embedding[index]) < 1e-6)));
    assert.notDeepEqual(usual.data[0].embedding, usual.data[1].embedding);
    assert.ok(usual.usage.prompt_tokens > 0);
    assert.equal(usual.usage.total_tokens, usual.usage.prompt_tokens);
  });
}

test('openai SDK: embeddings of a server that knows no base64', async () => {
  const reply = await openai.embeddings.create({ model: 'openai-numbers-only', input: 'hello' });
  assert.equal(reply.data[0].embedding.length, 8);
});

test('openai SDK: embeddings of tokens and of fewer dimensions', async () => {
  const reply = await openai.embeddings.create({ model: 'openai-embedding', input: [[1, 2], [3]], dimensions: 4 });
  assert.deepEqual(reply.data.map(({ embedding }) => embedding.length), [4, 4]);
  const error = await failure(
    openai.embeddings.create({ model: 'ollama-embedding', input: [[1, 2], [3]] }), OpenAI.BadRequestError);
  assert.equal(error.param, 'input');
});

test('openai SDK: embeddings of a provider that has none', async () => {
  const error = await failure(
    openai.embeddings.create({ model: 'anthropic-echo', input: 'hello' }), OpenAI.BadRequestError);
  assert.equal(error.code, 'unsupported_by_model');
});

test('anthropic SDK: tokens counted by Anthropic', async () => {
  const { data, response } = await anthropic.messages
    .countTokens({ model: 'anthropic-echo', messages: user('hello out there') })
    .withResponse();
  assert.equal(data.input_tokens, 11);
  assert.equal(response.headers.get('x-gantry-usage-estimated'), null);
});

test('anthropic SDK: tokens of another model are an estimate', async () => {
  const count = (messages, more) =>
    anthropic.messages.countTokens({ model: 'openai-echo', messages, ...more }).withResponse();
  const { data, response } = await count(user('hello out there'));
  assert.ok(data.input_tokens >= 3 && data.input_tokens < 20, data.input_tokens);
  assert.equal(response.headers.get('x-gantry-usage-estimated'), 'true');
  const more = await count(user('hello out there'), { system: 'Be brief.', tools: [anthropicTool] });
  assert.ok(more.data.input_tokens > data.input_tokens + 10, 'system and tools count');
});

// How often an SDK asks, seen from between it and Gantry.
async function counted(use) {
  const attempts = [];
  const proxy = http.createServer((request, response) => {
    attempts.push(request.headers['x-stainless-retry-count']);
    const { host, ...headers } = request.headers;
    const forward = http.request(url + request.url, { method: request.method, headers }, (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    });
    forward.on('error', () => response.destroy());
    response.on('close', () => forward.destroy());
    request.pipe(forward);
  });
  await new Promise((ready) => proxy.listen(0, '127.0.0.1', ready));
  try {
    await use(`http://127.0.0.1:${proxy.address().port}`);
    return attempts;
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}

for (const [behaviour, status, attempts] of [
  ['failing', 502, ['0', '1']],
  ['briefly', 429, ['0', '1']],
  ['rejecting', 400, ['0']],
  ['nobody', 404, ['0']],
]) {
  test(`SDKs: status ${status} is asked ${attempts.length} times`, async () => {
    const openAiAttempts = await counted(async (address) => {
      const patient = new OpenAI({ baseURL: `${address}/v1`, apiKey, maxRetries: 1 });
      const error = await failure(
        patient.responses.create({ model: `openai-${behaviour}`, input: 'hello' }), OpenAI.APIError);
      assert.equal(error.status, status);
    });
    assert.deepEqual(openAiAttempts, attempts);
    const anthropicAttempts = await counted(async (address) => {
      const patient = new Anthropic({ baseURL: address, apiKey, maxRetries: 1 });
      const error = await failure(
        patient.messages.create({ model: `openai-${behaviour}`, max_tokens: 9, messages: user('hello') }),
        Anthropic.APIError);
      assert.equal(error.status, status);
    });
    assert.deepEqual(anthropicAttempts, attempts);
  });
}

test('SDKs: a time-out of the client ends the request', async () => {
  const hasty = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, timeout: 300 });
  await failure(
    hasty.responses.create({ model: 'openai-slow', input: 'hello' }), OpenAI.APIConnectionTimeoutError);
  const hastyToo = new Anthropic({ baseURL: url, apiKey, maxRetries: 0, timeout: 300 });
  await failure(
    hastyToo.messages.create({ model: 'openai-slow', max_tokens: 9, messages: user('hello') }),
    Anthropic.APIConnectionTimeoutError);
});

test('openai SDK: no response can be fetched', async () => {
  const error = await failure(openai.responses.retrieve('resp_1'), OpenAI.NotFoundError);
  assert.match(error.message, /keeps no responses/);
});

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

// A few at a time: it is not the load that is tried here.
async function work() {
  for (let next = cases.shift(); next; next = cases.shift()) {
    let problem = null;
    try {
      await next.run();
    } catch (error) {
      problem = String(error.stack ?? error);
    }
    console.log(JSON.stringify({ name: next.name, problem }));
  }
}
await Promise.all(Array.from({ length: 12 }, work));
process.exit(0);
