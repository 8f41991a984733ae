import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core';
import { useSyncExternalStore } from 'react';
import { signals } from '../api/client';
import { SignInForm } from './SignInForm';

/** Asks to sign in again over the page, so that nothing that was typed is lost. */
export function SessionEnded() {
    const ended = useSyncExternalStore(signals.subscribe, () => signals.signedOut);
    if (!ended) {
        return null;
    }
    return (
        <Modal isOpen variant="small" aria-labelledby="session-ended" aria-describedby="session-ended-text">
            <ModalHeader
                title="Your session has ended"
                labelId="session-ended"
                description={
                    <span id="session-ended-text">Sign in again to go on where you were; this page stays as it is.</span>
                }
            />
            <ModalBody>
                <SignInForm />
            </ModalBody>
        </Modal>
    );
}
