package org.kemari.shell.internal.commands;

import java.util.Collection;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.kemari.shell.internal.Kemari;

/** Names of the other hosts. */
@Service
public final class PeerCompleter implements Completer {
    @Reference
    Kemari kemari;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        Collection<String> names = kemari.findConfiguration()
                .<Collection<String>>map(c -> c.host().peers().keySet())
                .orElse(List.of());
        return new StringsCompleter(names, true).complete(session, line, candidates);
    }
}
