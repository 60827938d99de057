// In Jaeger's place where its image is not here: takes traces by OTLP in JSON, and tells of them as Jaeger's query API does.
// It runs in a container with nothing but Node.
import { createServer } from 'node:http';

const MAX_SPANS = 10_000;
const spans = [];

createServer(async (request, response) => {
  const chunks = await Array.fromAsync(request);
  const { resourceSpans = [] } = JSON.parse(Buffer.concat(chunks).toString());
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
    for (const { traceId, name } of scopeSpans.flatMap((scope) => scope.spans)) {
      if (spans.length < MAX_SPANS) spans.push({ service, traceID: traceId, operationName: name });
    }
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}).listen(4318);

createServer((request, response) => {
  const service = new URL(request.url, 'http://localhost').searchParams.get('service');
  const byTrace = Map.groupBy(
    spans.filter((span) => span.service === service),
    ({ traceID }) => traceID,
  );
  const data = Array.from(byTrace, ([traceID, own]) => ({ traceID, spans: own }));
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
}).listen(16686);

createServer((_, response) => response.end('ok')).listen(13133);
