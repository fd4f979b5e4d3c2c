package org.kemari.shell.internal.commands;

import java.util.Arrays;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.kemari.api.protection.DomainState;

/** States of a domain. */
@Service
public final class StateCompleter implements Completer {
    private final Completer names = new StringsCompleter(
            Arrays.stream(DomainState.values()).map(DomainState::name).toList());

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return names.complete(session, line, candidates);
    }
}
