import { Button, DescriptionList, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useId } from 'react';
import type { AuditEvent } from '../api/views';
import { duration, moment } from '../ui/format';
import { Copyable } from '../ui/Teach';
import { Term } from '../ui/Term';

/** All that the log holds about one event. */
export function EventDetails({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
    const id = useId();
    return (
        <Modal isOpen variant="medium" onClose={onClose} aria-labelledby={id}>
            <ModalHeader title={event.event_type} labelId={id} description={moment(event.timestamp)} />
            <ModalBody>
                <div className="gantry-stack">
                    <DescriptionList isHorizontal isCompact>
                        <Term name="Result">
                            {event.result}
                            {event.reason !== undefined && event.reason !== '' && `: ${event.reason}`}
                        </Term>
                        <Term name="By">
                            {event.actor?.user ?? 'nobody known'}
                            {event.actor?.address !== undefined && ` from ${event.actor.address}`}
                        </Term>
                        <Term name="What">{event.resource ?? '–'}</Term>
                        {event.team !== undefined && <Term name="Team">{event.team}</Term>}
                        {event.duration_ms !== undefined && <Term name="Took">{duration(event.duration_ms)}</Term>}
                        <Term name="Id">
                            <code>{event.id}</code>
                        </Term>
                    </DescriptionList>
                    <details>
                        <summary>The whole event</summary>
                        <pre className="gantry-text" tabIndex={0}>
                            {JSON.stringify(event, null, 2)}
                        </pre>
                    </details>
                    <p className="gantry-subtle">Its proof, to be checked without this server:</p>
                    <Copyable text={`gantry audit prove ${event.id}`} label="the command" />
                </div>
            </ModalBody>
            <ModalFooter>
                <Button onClick={onClose}>Close</Button>
            </ModalFooter>
        </Modal>
    );
}
