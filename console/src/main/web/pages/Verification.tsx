import { Alert, Button, DescriptionList } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call, send } from '../api/client';
import { lines } from '../api/events';
import type { VerificationReport } from '../api/views';
import { count, moment } from '../ui/format';
import { Failure } from '../ui/Failure';
import { Loaded, Panel } from '../ui/Panel';
import { Term } from '../ui/Term';

type Check =
    | { phase: 'none' }
    | { phase: 'running'; events: number }
    | { phase: 'done'; report: VerificationReport; at: string }
    | { phase: 'failed'; error: Error };

/** The state of the log, and on demand the proof that nothing in it was changed. */
export function Verification() {
    const state = useQuery({ queryKey: ['audit', 'state'], queryFn: () => call('get /api/v1/audit') });
    const [check, setCheck] = useState<Check>({ phase: 'none' });
    const abort = useRef<AbortController | null>(null);
    useEffect(() => () => abort.current?.abort(), []);
    const verify = async () => {
        const control = new AbortController();
        abort.current = control;
        setCheck({ phase: 'running', events: 0 });
        try {
            const response = await send('GET', '/api/v1/audit/verification', { signal: control.signal });
            if (response.body === null) {
                throw new Error('The server answered without a body.');
            }
            for await (const line of lines(response.body)) {
                const told = JSON.parse(line);
                if (told.report !== undefined) {
                    setCheck({ phase: 'done', report: told.report, at: new Date().toISOString() });
                    return;
                }
                setCheck({ phase: 'running', events: told.progress.events });
            }
            throw new Error('The verification was broken off before its end.');
        } catch (error) {
            if (!control.signal.aborted) {
                setCheck({ phase: 'failed', error: error as Error });
            }
        }
    };
    return (
        <Panel
            title="Verification"
            actions={
                <Button
                    variant="secondary"
                    size="sm"
                    isLoading={check.phase === 'running'}
                    isDisabled={check.phase === 'running'}
                    onClick={() => void verify()}
                >
                    Verify now
                </Button>
            }
        >
            <div className="gantry-stack">
                <Loaded query={state} what="the state of the log">
                    {({ log_size, spilled_events, problem, keys }) => (
                        <>
                            {problem !== null && <Alert component="p" isInline variant="danger" title={problem} />}
                            <p className="gantry-subtle">
                                {count(log_size)} batches under a signed checkpoint
                                {spilled_events > 0 &&
                                    `, ${count(spilled_events)} events waiting for the database`};{' '}
                                {keys.length === 1 ? 'one key' : `${keys.length} keys`} to verify them with.
                            </p>
                        </>
                    )}
                </Loaded>
                <div role="status">
                    {check.phase === 'running' && <p>Verifying … {count(check.events)} events so far.</p>}
                    {check.phase === 'failed' && <Failure error={check.error} retry={() => void verify()} />}
                    {check.phase === 'done' && <Report report={check.report} at={check.at} />}
                </div>
            </div>
        </Panel>
    );
}

function Report({ report, at }: { report: VerificationReport; at: string }) {
    return (
        <div className="gantry-stack">
            <Alert
                component="p"
                isInline
                variant={report.sound ? 'success' : 'danger'}
                title={
                    report.sound
                        ? `Sound: all ${count(report.events)} events are as they were written`
                        : `Not sound: ${count(report.findings_total)} ${report.findings_total === 1 ? 'finding' : 'findings'}`
                }
            >
                Verified {moment(at)}.
            </Alert>
            {report.findings.length > 0 && (
                <ul className="gantry-list">
                    {report.findings.map((finding, index) => (
                        <li key={index}>{finding.message}</li>
                    ))}
                </ul>
            )}
            <DescriptionList isHorizontal isCompact>
                <Term name="Batches">
                    {count(report.batches)}
                    {report.pending_batches > 0 && `, ${count(report.pending_batches)} not under a checkpoint yet`}
                    {report.removed_batches > 0 && `, ${count(report.removed_batches)} removed by retention`}
                </Term>
                {report.checkpoint !== undefined && (
                    <Term name="Checkpoint">
                        {count(report.checkpoint.size)} entries, {moment(report.checkpoint.time)}
                        <br />
                        <code>{report.checkpoint.root}</code>
                    </Term>
                )}
            </DescriptionList>
        </div>
    );
}
