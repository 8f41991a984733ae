import { Label } from '@patternfly/react-core';
import type { TestResult, TestRun } from '../api/views';
import { DataTable } from '../ui/DataTable';
import { dollars, duration } from '../ui/format';
import { StateLabel } from '../ui/StateLabel';

function nameOf(run: TestRun): string {
    return `Version ${run.version}, ${run.model}`;
}

/** What came of each test with each version and model, side by side; the newest version is the first. */
export function TrialTable({ runs }: { runs: TestRun[] }) {
    const tests = runs[0]?.results.map((result) => result.test) ?? [];
    const of = (run: TestRun, test: string) => run.results.find((result) => result.test === test);
    // Only what another version did better has become worse; another model says nothing about the pattern.
    const isWorse = (test: string) =>
        runs.some((newer) => {
            const older = runs.find((each) => each.version < newer.version && each.model === newer.model);
            return older !== undefined && of(newer, test)?.passed === false && of(older, test)?.passed === true;
        });
    return (
        <DataTable
            label="What came of the tests"
            rows={[...tests, null]}
            id={(test) => test ?? ''}
            columns={[
                {
                    title: 'Test',
                    cell: (test) =>
                        test === null ? (
                            <strong>All</strong>
                        ) : (
                            <div className="gantry-row">
                                {test}
                                {isWorse(test) && (
                                    <Label isCompact status="danger">
                                        worse than before
                                    </Label>
                                )}
                            </div>
                        ),
                },
                ...runs.map((run) => ({
                    title: nameOf(run),
                    cell: (test: string | null) =>
                        test === null ? (
                            <>
                                {run.passed} of {run.passed + run.failed} passed, {dollars(run.cost_micro_usd)}
                            </>
                        ) : (
                            <Result result={of(run, test)} />
                        ),
                })),
            ]}
        />
    );
}

function Result({ result }: { result: TestResult | undefined }) {
    if (result === undefined) {
        return <>–</>;
    }
    const { passed, latency_ms: took, cost_micro_usd: cost, assertions = [], error, output } = result;
    return (
        <div>
            <div className="gantry-row">
                <StateLabel state={passed ? 'passed' : 'failed'} />
                <span className="gantry-subtle">
                    {took !== undefined && duration(took)}
                    {cost !== undefined && `, ${dollars(cost)}`}
                </span>
            </div>
            {error !== undefined && <span className="gantry-error">{error}</span>}
            <ul className="gantry-list">
                {assertions
                    .filter((assertion) => !assertion.passed)
                    .map((assertion, index) => (
                        <li key={index}>
                            <code>{assertion.kind}</code> {assertion.detail}
                        </li>
                    ))}
            </ul>
            {output !== undefined && (
                <details>
                    <summary>Answer</summary>
                    <pre className="gantry-text" tabIndex={0}>
                        {output}
                    </pre>
                </details>
            )}
        </div>
    );
}
