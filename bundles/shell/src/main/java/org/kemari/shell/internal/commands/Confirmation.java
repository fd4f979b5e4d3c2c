package org.kemari.shell.internal.commands;

import java.io.IOException;
import java.util.Locale;
import org.apache.karaf.shell.api.console.Session;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import org.kemari.api.protection.OperationRefusedException;

/** Asks before something that cannot be undone. */
final class Confirmation {
    private Confirmation() {}

    /**
     * Returns if it may be done.
     *
     * @param yes whether the operator has said so beforehand
     * @param question what is about to happen, as a question
     * @throws OperationRefusedException if the answer is not yes, or if there is nobody to ask
     */
    static void require(Session session, boolean yes, String question) throws OperationRefusedException {
        if (yes) {
            return;
        }
        if (Terminals.of(session).isEmpty()) {
            throw new OperationRefusedException(
                    "not done: " + question + " There is nobody to ask here; say yes with the option --yes");
        }
        if (!isYes(answer(session, question + " (yes/no) "))) {
            throw new OperationRefusedException("not done");
        }
    }

    private static String answer(Session session, String prompt) {
        try {
            return session.readLine(prompt, null);
        } catch (IOException | EndOfFileException | UserInterruptException e) {
            return "";
        }
    }

    private static boolean isYes(String answer) {
        String word = answer == null ? "" : answer.strip().toLowerCase(Locale.ROOT);
        return word.equals("yes") || word.equals("y");
    }
}
