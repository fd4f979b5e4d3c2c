/*
 * The arbiter protocol, for an exhaustive search by Spin: two hosts that change roles, an arbiter whose answers may be
 * unknown and whose changes may come late, a link that loses and delays, crashes and false suspicion at any time.
 * README.md tells how it is run, what is bounded, what is left out, and what has been found.
 *
 * What is modelled is the design's section "The arbiter's record" in the steps of PrimaryMachine, StandbyMachine, Claims
 * and Petition (bundles/protection); a step below is what these do between two events from outside. Time-outs are absent:
 * whatever a time-out may decide may be decided at any time.
 *
 * Outputs are numbered and stand for themselves: a guest's state is the set of outputs it has produced, a checkpoint is
 * such a set, and an output that was executed and is missing from the state of the guest that goes on is lost.
 */

/* --- bounds: given on the command line, or these ---------------------------------------------------------------------- */

#ifndef OUTPUTS
#define OUTPUTS 3               /* outputs that the guest produces */
#endif
#ifndef SESSIONS
#define SESSIONS 2              /* attempts at protection, in either direction; at most 3 */
#endif
#ifndef CRASHES
#define CRASHES 2               /* crashes, of either host, or of Kemari alone */
#endif
#ifndef UNKNOWNS
#define UNKNOWNS 2              /* compare-and-sets of unknown outcome; all of them may still be to land; at most 3 */
#endif

/*
 * --- what can be broken: one of these, to see that the search finds it
 *
 * RELEASE_BEFORE_COMMIT        outputs are let out when their checkpoint has been sent
 * TAKEOVER_WITHOUT_CAS         a standby that finds itself named by the record runs, and then sets the record
 * START_WITHOUT_CAS            a host that the record names as owner starts the guest without a compare-and-set
 * PARTIAL_CHECKPOINT           a standby applies the parts of a checkpoint as they come
 * UNKNOWN_AS_WON               an unknown outcome is taken for success
 * UNKNOWN_AS_LOST              an unknown outcome of a join is taken for failure
 * DECIDE_ON_READ               a join of unknown outcome is given up because the record still shows no standby
 * DROP_IN_SAME_GENERATION      dropping a standby leaves the generation as it is
 * STALE_PROOF                  any record that names oneself as owner proves that a takeover succeeded
 * OLD_ACKNOWLEDGEMENT          an acknowledgement counts whatever session it is of
 * OLD_IMAGE                    an image left of an older session is taken over from, whatever session the record names
 * HOLD_AFTER_CHECKPOINT        a join holds outputs only after its last checkpoint
 * SWITCHOVER_RELEASES          a primary goes on letting outputs out after it has asked its standby to take over
 * ASK_ONCE                     a primary that does not know whether its standby has been dropped never asks again
 * STANDBY_GIVES_UP             a standby whose primary is gone does not ask the arbiter
 *
 * CALM lets all faults come to an end, and checks that somebody then runs (the last two need it).
 * CONSEQUENCES switches off what a primary itself can see to, so that only lost outputs and two owners count.
 * WITNESS claims that no host ever takes over from one that has itself taken over: to see that it can happen.
 */

/* --- the world -------------------------------------------------------------------------------------------------------- */

typedef Record {
    unsigned gen : 4;           /* generation */
    bit owner;                  /* host 0 or host 1 */
    bit named;                  /* whether the other host is named as standby */
    unsigned session : 2        /* 0: none */
}

/* A compare-and-set that nobody knows the outcome of: it may land at any time, or never. */
typedef Change {
    bit used;
    Record was;
    Record next
}

/* One attempt at protection: what is under way between the two. */
typedef Session {
    unsigned sent : OUTPUTS;    /* the last checkpoint */
    unsigned frames : 2;        /* parts of it that have still to arrive: memory, then rings */
    bit whole;                  /* ghost: the last checkpoint has been committed by the standby */
    unsigned ack : 2;           /* an acknowledgement on its way back, of this epoch: 1, or 2 for a later one */
    unsigned epoch : 2;         /* of the last checkpoint: 1, or 2 for a later one */
    bit from                    /* the primary */
}

/* What a host does with the domain. */
#define ABSENT   0              /* nothing */
#define FROZEN   1              /* nothing, but a guest of a Kemari that has died stands still in its memory */
#define SOLO     2              /* runs it, outputs pass */
#define SYNCING  3              /* the same, while memory is copied to a standby */
#define HOLDING  4              /* join: outputs are held, the last checkpoint has still to be taken */
#define JOINING  5              /* join: the last checkpoint has been sent */
#define JOINED   6              /* join: the arbiter has named the standby, which is not yet known here */
#define GUARDED  7              /* protected: outputs are let out when committed */
#define SWITCHED 8              /* the standby has been asked to take over: no more checkpoints, no more outputs */
#define DROPPING 9              /* outputs are held until the arbiter has agreed to go on without the standby */
#define WAITING  10             /* standby: receives checkpoints */
#define CLAIMING 11             /* standby: asks the arbiter */
#define DEAD     12             /* crashed for good */

typedef Host {
    unsigned does : 4;
    unsigned gen : 4;           /* generation that is known to be ours, or that the primary has told */
    unsigned session : 2;
    bit won;                    /* the arbiter has said yes, which has not been looked at yet */
    unsigned guest : OUTPUTS;   /* what the guest here has produced */
    bit due;                    /* primary: an acknowledgement is waited for */
    unsigned due_epoch : 2;     /* primary: its epoch, 1, or 2 for a later one */
    bit committed;              /* standby: there is an image */
    unsigned image : OUTPUTS;   /* standby: the image, and so its copy of the disks; after a crash: the disks */
    bit torn;                   /* standby: the image is neither one checkpoint nor the next */
#ifdef OLD_IMAGE
    bit kept;                   /* an image of an older session is still here */
    unsigned kept_image : OUTPUTS;
#endif
#ifdef ASK_ONCE
    bit asked;
#endif
    bit stale                   /* what is read here may be a record from a former life: (1, this host, no standby) */
}

Record record;
Host host[2];
Session session[SESSIONS + 1];
Change late[UNKNOWNS + 1];      /* the last is never used */
byte sessions;                  /* numbers given so far */
byte outputs;                   /* produced so far */
unsigned executed : OUTPUTS;    /* ghost: what the outside has seen */
byte crashes;
byte unknowns;
#ifdef CALM
bit calm;                       /* no more faults: what is under way comes to its end */
bit promised;                   /* ghost: the primary died for good while the record named a standby with its image */
#else
#define calm 0
#endif

/* --- properties -------------------------------------------------------------------------------------------------------- */

#ifdef HOLD_AFTER_CHECKPOINT
#define LAST_PASSING JOINING
#else
#define LAST_PASSING SYNCING
#endif
#define passes(h) (host[h].does >= SOLO && host[h].does <= LAST_PASSING)
#define holds(h)  (host[h].does > LAST_PASSING && host[h].does <= DROPPING)
#define rests(h)  (host[h].does == ABSENT || host[h].does == FROZEN)
#define runs(h)   (host[h].does >= SOLO && host[h].does <= DROPPING)

/* Output commit, as the primary sees to it. */
#ifdef CONSEQUENCES
#define rule(what) skip
#else
#define rule(what) assert(what)
#endif

/* One owner: never do outputs pass on both hosts. */
#define one_owner() assert(!(passes(0) && passes(1)))

/*
 * No output is lost: whatever the outside has seen is known to the guest of the host that the record names as owner. One
 * that has been superseded without knowing it may still let out what its standby has committed: repeated, but not lost.
 */
#define nothing_lost() assert(!runs(record.owner) || (executed & ~host[record.owner].guest) == 0)

/* An image is one checkpoint. */
#define whole_image() assert(host[h].committed && !host[h].torn)

/* Nothing but a crash makes a guest lose its memory. */
#define memory_lost() assert(crashes > 0)

/* No hold is for ever: when all faults are over and all is done, the owner runs and its outputs get out. */
#define lives(h)  (host[h].does == SOLO || host[h].does == GUARDED)
#define settled() assert(lives(record.owner) || host[record.owner].does == DEAD && !promised)

inline execute(what) {
    executed = executed | (what);
    nothing_lost()
}

/* --- the arbiter ------------------------------------------------------------------------------------------------------- */

#define is(g, w, n, s) (record.gen == (g) && record.owner == (w) && record.named == (n) && record.session == (s))

#define put(r, g, w, n, s) r.gen = (g); r.owner = (w); r.named = (n); r.session = (s)

inline clear(k) {
    late[k].used = 0;
    put(late[k].was, 0, 0, 0, 0);
    put(late[k].next, 0, 0, 0, 0)
}

/* Generations only grow: a change that expects an older one will never land. */
inline forget_defeated() {
    i = 0;
    do
    :: i < UNKNOWNS ->
        if
        :: late[i].used && late[i].was.gen < record.gen ->
            clear(i)
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 0
}

#define may_be_unknown (unknowns < UNKNOWNS && !calm)

/* Outcomes. */
#define WON     1
#define LOST    2               /* the record was not what was expected: look again */
#define UNKNOWN 3

/* Replaces the first record by the second, on behalf of host h. What became of it is in outcome. */
inline compare_and_set(gen0, owner0, named0, session0, gen1, owner1, named1, session1) {
    if
    :: is(gen0, owner0, named0, session0) ->
        put(record, gen1, owner1, named1, session1);
        forget_defeated();
        host[h].stale = 0;
        outcome = WON
    :: !is(gen0, owner0, named0, session0) ->
        outcome = LOST
    :: may_be_unknown ->
        unknowns++;
        i = 0;
        do
        :: late[i].used -> i++
        :: else -> break
        od;
        late[i].used = 1;
        put(late[i].was, gen0, owner0, named0, session0);
        put(late[i].next, gen1, owner1, named1, session1);
        i = 0;
        outcome = UNKNOWN
    fi
}

inline land(k) {
    put(record, late[k].next.gen, late[k].next.owner, late[k].next.named, late[k].next.session);
    clear(k);
    forget_defeated()
}

#define may_land(k) (late[k].used \
    && is(late[k].was.gen, late[k].was.owner, late[k].was.named, late[k].was.session))

/* Changes of unknown outcome land when they like. Those that never do stay, or, when all calms down, are forgotten. */
proctype Lateness() {
    byte i;
end:
    do
    :: d_step { may_land(0) -> land(0) }
    :: d_step { calm && late[0].used -> clear(0) }
#if UNKNOWNS > 1
    :: d_step { may_land(1) -> land(1) }
    :: d_step { calm && late[1].used -> clear(1) }
#endif
#if UNKNOWNS > 2
    :: d_step { may_land(2) -> land(2) }
    :: d_step { calm && late[2].used -> clear(2) }
#endif
    od
}

/* --- the guest --------------------------------------------------------------------------------------------------------- */

/* The guest wants something of the outside world. */
inline produce() {
    host[h].guest = host[h].guest | (1 << outputs);
    outputs++
}

/* Outputs pass without a commit, which the record must allow. */
inline pass() {
    rule(is(host[h].gen, h, 0, 0));
    execute(host[h].guest)
}

/* --- the primary ------------------------------------------------------------------------------------------------------- */

#define mine  session[host[h].session]
#define other (1 - h)

/* Whether the other end of this host's session is still in it. */
#define linked(h) (host[1 - (h)].session == host[h].session && (host[1 - (h)].does == WAITING \
    || (host[1 - (h)].does >= SYNCING && host[1 - (h)].does <= GUARDED) || host[1 - (h)].does == DROPPING))

/* A link may be thought lost at any time, and is noticed to be lost at last. */
#define suspects(h) (!calm || !linked(h))

/* Runs the guest alone, by a record of its generation that names no standby, and lets everything out. */
inline go_solo() {
    tidy();
    host[h].does = SOLO;
    host[h].session = 0;
    host[h].due = 0;
    host[h].due_epoch = 0;
    host[h].won = 0;
    one_owner();
    pass()
}

#define forget(s) s.frames = 0; s.sent = 0; s.whole = 0; s.epoch = 0

/* This host leaves its session. What has been sent to the other may still arrive there, and so may acknowledgements. */
inline tidy() {
#ifdef ASK_ONCE
    host[h].asked = 0;
#endif
    if
    :: host[h].does >= WAITING -> mine.frames = 0
    :: else
    fi;
    if
    :: host[other].session != host[h].session -> forget(mine)
    :: else
    fi
}

/* Nothing of the domain is left on this host. */
inline leave() {
    tidy();
    host[h].does = ABSENT;
    host[h].gen = 0;
    host[h].session = 0;
    host[h].won = 0;
    host[h].guest = 0;
    host[h].due = 0;
    host[h].due_epoch = 0;
    drop_image(h)
}

/*
 * A crash: the memory is lost, the disks are not. They hold what has been executed here, or, on a standby, what has been
 * committed. The host comes up again, or, before all calms down, may be gone for good.
 */
inline crash() {
    if
    :: runs(h) -> host[h].image = executed
    :: else
    fi;
    leave();
#ifdef OLD_IMAGE
    host[h].kept = 0;
    host[h].kept_image = 0;
#endif
    crashes++
#ifdef CALM
    ;
    promised = 0;
    if
    :: skip
    :: host[h].does = DEAD;
        if
        :: host[other].committed && !host[other].stale && !late[0].used &&
                is(host[other].gen, h, 1, host[other].session) -> promised = 1
        :: else
        fi
    fi
#endif
}

/* Only Kemari has crashed: the guest stands still, and its memory is as it was. */
inline freeze() {
    tidy();
    host[h].does = FROZEN;
    host[h].image = executed;   /* the disks, should the guest be lost as well */
    host[h].gen = 0;
    host[h].session = 0;
    host[h].won = 0;
    host[h].due = 0;
    host[h].due_epoch = 0;
    crashes++
#ifdef CALM
    ;
    promised = 0
#endif
}

/* The image in memory is of no more use; the copy of the disks remains. */
inline drop_image(who) {
#ifdef OLD_IMAGE
    if
    :: host[who].committed -> host[who].kept = 1; host[who].kept_image = host[who].image
    :: else
    fi;
#endif
    host[who].committed = 0;
    host[who].torn = 0
}

/* An offer is taken unless the host is a primary itself or knows a record that contradicts; it takes the place of another. */
#define takes_offer(h, g, from) (!host[h].won \
    && (host[h].does == ABSENT || host[h].does == WAITING || host[h].does == CLAIMING) \
    && (host[h].stale || record.gen < (g) || is(g, from, 0, 0)))

inline open_session() {
    sessions++;
    forget(session[host[other].session]);
    drop_image(other);
    host[other].image = 0;
    host[h].does = SYNCING;
    host[h].session = sessions;
    host[other].does = WAITING;
    host[other].gen = host[h].gen;
    host[other].session = sessions;
    session[sessions].from = h
}

inline take_checkpoint(number) {
    mine.sent = host[h].guest;
    mine.frames = 2;
    mine.whole = 0;
    mine.epoch = number;
    host[h].due = 1;
    host[h].due_epoch = number
#ifdef RELEASE_BEFORE_COMMIT
    ;
    if
    :: host[h].does == GUARDED -> execute(mine.sent)
    :: else
    fi
#endif
}

/* The standby has the last checkpoint: its outputs are let out. */
inline release() {
    rule(mine.whole);
    execute(mine.sent)
}

inline acknowledged() {
    host[h].due = 0;
    host[h].due_epoch = 0;
    if
    :: host[h].does == GUARDED -> release()
    :: host[h].does == JOINING -> ask_to_name()
    :: else                     /* nothing is let out any more */
    fi
}

/* (g, A, none) to (g, A, S, s). */
inline ask_to_name() {
    compare_and_set(host[h].gen, h, 0, 0, host[h].gen, h, 1, host[h].session);
    if
    :: outcome == WON -> host[h].does = JOINED
    :: outcome == LOST -> host[h].does = DROPPING
    :: outcome == UNKNOWN ->
#if defined(UNKNOWN_AS_WON)
        host[h].does = JOINED
#elif defined(UNKNOWN_AS_LOST)
        go_solo()
#elif defined(DECIDE_ON_READ)
        if
        :: is(host[h].gen, h, 0, 0) -> go_solo()
        :: else -> host[h].does = DROPPING
        fi
#else
        host[h].does = DROPPING /* only a later generation tells */
#endif
    fi;
    outcome = 0
}

#ifdef ASK_ONCE
#define asks_again(h) !host[h].asked
#else
#define asks_again(h) 1
#endif

#ifdef DROP_IN_SAME_GENERATION
#define NEXT 0
#else
#define NEXT 1
#endif

/* (g, A, anything) to (g+1, A, none), or the proof that it has been so for long; or somebody else is the owner. */
inline ask_to_drop() {
    if
    :: record.owner == h && record.gen == host[h].gen ->
        compare_and_set(record.gen, h, record.named, record.session, record.gen + NEXT, h, 0, 0);
        if
        :: outcome == WON -> dropped()
        :: outcome == UNKNOWN ->
#if defined(UNKNOWN_AS_WON)
            host[h].gen = host[h].gen + NEXT;
            go_solo()
#elif defined(ASK_ONCE)
            host[h].asked = 1
#else
            skip
#endif
        :: else
        fi;
        outcome = 0
    :: is(host[h].gen + 1, h, 0, 0) -> dropped()
    :: else -> leave()
    fi
}

inline dropped() {
    host[h].won = 1;
    host[h].gen = host[h].gen + NEXT
}

/* A domain that is to be started, or adopted, here: (g, A, anything) to (g+1, A, none). */
inline ask_to_start() {
    if
    :: record.owner == h ->
#ifdef START_WITHOUT_CAS
        started()
#else
        compare_and_set(record.gen, h, record.named, record.session, record.gen + 1, h, 0, 0);
        if
        :: outcome == WON -> started()
        :: outcome == UNKNOWN ->
#ifdef UNKNOWN_AS_WON
            host[h].won = 1;
            host[h].gen = record.gen + 1
#else
            skip
#endif
        :: else
        fi;
        outcome = 0
#endif
    fi
}

inline started() {
    host[h].won = 1;
    host[h].gen = record.gen
}

/* The guest boots from its disks, or goes on if it has only stood still. */
inline boot() {
    if
    :: host[h].does == ABSENT ->
        memory_lost();
        host[h].guest = host[h].image
    :: else
    fi;
    host[h].image = 0;
    go_solo()
}

/* --- the standby ------------------------------------------------------------------------------------------------------- */

/* The next part of a checkpoint has come; with the last one it is committed and acknowledged. */
inline receive() {
    mine.frames--;
    if
    :: mine.frames == 0 ->
        host[h].image = mine.sent;
        host[h].committed = 1;
        host[h].torn = 0;
        mine.whole = 1;
        mine.ack = mine.epoch
    :: else ->
#ifdef PARTIAL_CHECKPOINT
        host[h].torn = 1        /* its memory is in the image already, the rings are still the old ones */
#else
        skip
#endif
    fi
}

/* (g, A, S, s) to (g+1, S, none), or the proof that it has been so for long; or this image is of no use. */
inline ask_to_take_over() {
    if
    :: host[h].stale && !calm ->                /* what is read is (1, S, none) */
#ifdef STALE_PROOF
        won_over()
#else
        leave()
#endif
    :: true ->
        host[h].stale = 0;
        if
        :: is(host[h].gen, other, 1, host[h].session) ->
#ifdef TAKEOVER_WITHOUT_CAS
            won_over()          /* and sets the record when it has taken over */
#else
            compare_and_set(record.gen, other, 1, host[h].session, record.gen + 1, h, 0, 0);
            if
            :: outcome == WON -> won_over()
            :: outcome == UNKNOWN ->
#ifdef UNKNOWN_AS_WON
                won_over()
#else
                skip
#endif
            :: else
            fi;
            outcome = 0
#endif
        :: is(host[h].gen + 1, h, 0, 0) -> won_over()
        :: else -> leave()
        fi
    fi
}

inline won_over() {
    host[h].won = 1;
    host[h].gen = host[h].gen + 1
}

/* The image becomes the guest, and what is pending in it is executed. */
inline take_over() {
    whole_image();
#ifdef WITNESS
    assert(host[h].session < 2 || h == 1);
#endif
#ifdef TAKEOVER_WITHOUT_CAS
    put(record, host[h].gen, h, 0, 0);
    forget_defeated();
#endif
    host[h].guest = host[h].image;
    mine.frames = 0;
    host[h].committed = 0;
    host[h].image = 0;
    go_solo()
}

#ifdef OLD_IMAGE
inline take_over_kept() {
    compare_and_set(record.gen, other, 1, record.session, record.gen + 1, h, 0, 0);
    if
    :: outcome == WON ->
        host[h].gen = record.gen;
        host[h].guest = host[h].kept_image;
        host[h].committed = 0;
        host[h].image = 0;
        mine.frames = 0;
        go_solo()
    :: else
    fi;
    outcome = 0
}
#endif

/* --- a host ------------------------------------------------------------------------------------------------------------ */

#define may_crash   (crashes < CRASHES && !calm)
#define may_produce (outputs < OUTPUTS && !calm)

#ifdef OLD_ACKNOWLEDGEMENT
#define counts(s) (host[h].due && session[s].ack == host[h].due_epoch)
#else
#define counts(s) (host[h].due && session[s].ack == host[h].due_epoch && (s) == host[h].session)
#endif

/* An acknowledgement arrives at whoever opened its session. */
inline hear(number) {
    if
    :: counts(number) -> session[number].ack = 0; acknowledged()
    :: else -> session[number].ack = 0
    fi
}

#define acknowledgement_for_me(s) (session[s].ack != 0 && session[s].from == h)

proctype Kemari(bit h) {
    byte i;
    byte outcome;
end:
    do

    /* faults */
    :: atomic { runs(h) && may_crash -> crash() }
    :: atomic { runs(h) && may_crash -> freeze() }
    :: atomic { may_crash && (host[h].does == WAITING || host[h].does == CLAIMING || host[h].does == FROZEN ||
            host[h].does == ABSENT && host[h].won) -> crash() }

    /* nothing here: the host has come up again, or an operator wants the domain here */
    :: atomic { !host[h].won && rests(h) && record.owner == h -> ask_to_start() }
    :: atomic { host[h].won && rests(h) -> boot() }
    :: atomic { host[h].does == FROZEN && !host[h].won && record.owner == other -> leave(); host[h].image = 0 }

    /* alone */
    :: atomic { passes(h) && may_produce -> produce(); pass() }
    :: atomic { host[h].does == SOLO && sessions < SESSIONS && !calm && takes_offer(other, host[h].gen, h) ->
            open_session() }

    /* a join */
    :: atomic { host[h].does == SYNCING && suspects(h) -> go_solo() }
    :: atomic { host[h].does == SYNCING -> host[h].does = HOLDING }
    :: atomic { host[h].does == HOLDING -> host[h].does = JOINING; take_checkpoint(1) }
    :: atomic { suspects(h) && (host[h].does == HOLDING || host[h].does == JOINING) -> go_solo() }
    :: atomic { host[h].does == JOINED -> host[h].does = GUARDED; release() }
    :: atomic { host[h].does == JOINED && suspects(h) -> host[h].does = DROPPING }

    /* protected */
    :: atomic { holds(h) && may_produce -> produce() }
    :: atomic { host[h].does == GUARDED && !host[h].due && host[h].guest != mine.sent -> take_checkpoint(2) }
    :: atomic { host[h].does == GUARDED && suspects(h) -> host[h].does = DROPPING }
    :: atomic { host[h].does == GUARDED && !host[h].due && !calm -> host[h].does = SWITCHED }
    :: atomic { host[h].does == SWITCHED && suspects(h) -> host[h].does = DROPPING }
    :: atomic { host[h].does == DROPPING && !host[h].won && asks_again(h) -> ask_to_drop() }
    :: atomic { host[h].does == DROPPING && host[h].won -> go_solo() }

#ifdef SWITCHOVER_RELEASES
    :: atomic { host[h].does == SWITCHED -> execute(host[h].guest) }
#endif

    /* acknowledgements, those of older sessions too */
    :: atomic { acknowledgement_for_me(1) -> hear(1) }
#if SESSIONS > 1
    :: atomic { acknowledgement_for_me(2) -> hear(2) }
#endif
#if SESSIONS > 2
    :: atomic { acknowledgement_for_me(3) -> hear(3) }
#endif

    /* standby */
    :: atomic { mine.frames > 0 && (host[h].does == WAITING || host[h].does == CLAIMING) -> receive() }
    /* the primary tells that the record names this host */
    :: atomic { host[h].stale && host[h].does == WAITING && host[other].does == GUARDED && linked(h) ->
            host[h].stale = 0 }
    :: atomic { host[h].does == WAITING && !host[h].committed && suspects(h) -> leave() }
#ifdef STANDBY_GIVES_UP
    :: atomic { host[h].does == WAITING && host[h].committed && suspects(h) -> leave() }
#else
    :: atomic { host[h].does == WAITING && host[h].committed && suspects(h) -> host[h].does = CLAIMING }
#endif
    /* a farewell: the primary has gone on alone */
    :: atomic { host[h].does == WAITING && runs(other) && host[other].session != host[h].session -> leave() }
    :: atomic { host[h].does == CLAIMING && !host[h].won -> ask_to_take_over() }
    :: atomic { host[h].does == CLAIMING && host[h].won -> take_over() }
#ifdef OLD_IMAGE
    :: atomic { host[h].kept && record.owner == other && record.named && !host[h].won &&
            (host[h].does == ABSENT || host[h].does >= WAITING) -> take_over_kept() }
#endif
    od
}

#ifdef CALM
/* All faults end, sooner or later. */
proctype Calm() {
    calm = 1;
    timeout;                    /* there is nothing left to be done */
    settled()
}
#endif

init {
    /* Host 1 has run the domain in a former life, of which it may still have a record of its own. Now host 0 runs it. */
    atomic {
        put(record, 2, 0, 0, 0);
        host[0].does = SOLO;
        host[0].gen = 2;
        host[1].stale = 1;
        run Kemari(0);
        run Kemari(1);
        run Lateness();
#ifdef CALM
        run Calm();
#endif
        skip
    }
}
