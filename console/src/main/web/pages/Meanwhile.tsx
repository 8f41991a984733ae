import { Alert, AlertActionLink } from '@patternfly/react-core';
import { DiffView } from '../ui/DiffView';

/** What somebody else wrote since one began to write, and the two ways to go on. */
export function Meanwhile({
    what,
    before,
    theirs,
    onKeep,
    onTake,
}: {
    what: string;
    before: string;
    theirs: string;
    onKeep: () => void;
    onTake: () => void;
}) {
    return (
        <>
            <Alert
                component="p"
                isInline
                variant="warning"
                title={`${what} meanwhile`}
                actionLinks={
                    <>
                        <AlertActionLink onClick={onKeep}>Keep my text, which takes the place of theirs</AlertActionLink>
                        <AlertActionLink onClick={onTake}>Begin anew from theirs</AlertActionLink>
                    </>
                }
            >
                Bring what they changed into your text, or begin anew. Nothing is saved until you choose.
            </Alert>
            <DiffView label="What they changed" before={before} after={theirs} />
        </>
    );
}
