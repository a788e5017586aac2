# judge.sh: what the rules of other firewalls do with a packet of ours, read from what nft and iptables print: a host may have neither jq
# nor python.
#
# A rule matches for certain (yes), never (no), or depends on what is not known here, such as where the packet comes from (maybe). What may
# be accepted counts as accepted and only what is dropped for certain as dropped: a push must not be refused by a host that works.

# rules[CHAIN]: its rules in nft's words, one a line. policies[CHAIN] of a base chain: "input drop". CHAIN is "inet filter input", and
# "iptables INPUT" or "ip6tables INPUT" for what iptables tells itself: nft shows its extensions only as comments.
declare -A rules policies
# The packet: family (4, 6), hook (input, forward), proto (tcp, udp), port, iif, oif; '' is unknown.
declare -A packet

# read_rules: everything that nft, iptables and ip6tables have on the input and forward hooks.
read_rules() {
    rules=() policies=()
    read_nft
    read_iptables iptables ip
    read_iptables ip6tables ip6
}

# Without the contents of named sets (-t), where nft knows that: a blocklist can have a hundred thousand elements.
nft_listing() {
    if ! command -v nft >/dev/null; then return 0; fi
    timeout 30 nft -s -t list ruleset 2>/dev/null || timeout 60 nft list ruleset 2>/dev/null || true
}

read_nft() {
    local line table='' chain=''
    while IFS= read -r line; do
        line=${line#"${line%%[![:space:]]*}"}
        case $line in
            'table '*) table=${line#table } table=${table%% \{*} chain='' ;;
            'chain '*) chain=${line#chain } chain="$table ${chain%% \{*}" rules[$chain]='' ;;
            '}'*) chain='' ;;
            'type '*)
                if [[ $chain && $line =~ ^type\ filter\ hook\ (input|forward)\ .*policy\ (accept|drop) ]]; then
                    policies[$chain]="${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
                fi
                ;;
            ?*) if [[ $chain ]]; then add_rules "$line"; fi ;;
        esac
    done < <(nft_listing)
}

# A map of verdicts is a rule per element, in the place of the map. Quoted texts may look like rules.
add_rules() {
    local line=$1 before after element
    while [[ $line =~ ^(.*)(comment|prefix)\ \"[^\"]*\"(.*)$ ]]; do line=${BASH_REMATCH[1]}${BASH_REMATCH[3]}; done
    if [[ ! $line =~ ^(.*)\ vmap\ (\{\ ([^}]+)\ \})? ]]; then
        rules[$chain]+=$line$'\n'
        return 0
    fi
    before=${BASH_REMATCH[1]} after=${BASH_REMATCH[3]}
    # A named map: it may hold anything.
    if [[ ! $after ]]; then rules[$chain]+="$before @ accept"$'\n'; fi
    while [[ $after ]]; do
        element=${after%%, *}
        if [[ $after == "$element" ]]; then after=''; else after=${after#*, }; fi
        rules[$chain]+="$before ${element/ : / }"$'\n'
    done
}

# Asking iptables makes its tables on some versions, so it is asked only when its filter table is there.
read_iptables() {
    local command=$1 family=$2 line
    if ! command -v "$command" >/dev/null; then return 0; fi
    case " ${!rules[*]} " in
        *" $family filter INPUT "* | *" $family filter FORWARD "*) ;;
        *) if ! grep -qx filter "/proc/net/${family}_tables_names" 2>/dev/null; then return 0; fi ;;
    esac
    while IFS= read -r line; do
        while [[ $line =~ ^(.*)\ (-m\ comment\ )?--(comment|log-prefix|nflog-prefix)\ (\"[^\"]*\"|[^ ]+)(.*)$ ]]; do
            line=${BASH_REMATCH[1]}${BASH_REMATCH[5]}
        done
        translate "$line"
    done < <(timeout 30 "$command" -w 10 -S 2>/dev/null || true)
}

# One line of `iptables -S` in nft's words.
translate() {
    local chain word not='' text='' i=2
    local -a words
    read -ra words <<<"$1"
    chain="$command ${words[1]:-}"
    case ${words[0]:-} in
        -P) rules[$chain]='' policies[$chain]="${words[1],,} ${words[2],,}" ;;
        -N) rules[$chain]='' ;;
    esac
    if [[ ${words[0]:-} != -A ]]; then return 0; fi
    while ((i < ${#words[@]})); do
        word=${words[i]}
        local value=${words[i + 1]:-}
        ((i += 2))
        case $word in
            '!') not='!= ' && ((i -= 1)) && continue ;;
            -i) text+="iifname $not${value/%+/*} " ;;
            -o) text+="oifname $not${value/%+/*} " ;;
            -p) text+="l4proto $not$value " ;;
            -m) if [[ " udp tcp conntrack state comment addrtype multiport icmp icmp6 " != *" $value "* ]]; then text+='maybe '; fi ;;
            --dport | --dports) text+="th dport $not{ ${value//:/-} } " ;;
            --ctstate | --state) text+="ct state $not${value,,} " ;;
            --ctstatus) text+="ct status $not${value,,} " ;;
            --dst-type) text+="fib daddr type $not${value,,} " ;;
            --reject-with) text+="with ${value//-/ } " ;;
            -g) text+="goto $value " ;;
            -j)
                case $value in
                    ACCEPT | DROP | REJECT | RETURN) text+="${value,,} " ;;
                    QUEUE | NFQUEUE) text+='queue ' ;;
                    *) if [[ ${rules["$command $value"]+yes} ]]; then text+="jump $value "; fi ;;
                esac
                ;;
            *) text+='maybe ' && ((i -= 1)) ;;
        esac
        not=''
    done
    rules[$chain]+=$text$'\n'
}

# take: the operand at words[i], as a list in value; "@" is what cannot be judged here.
take() {
    negated='' value=''
    case ${words[i]:-} in
        '!=') negated=yes && ((i += 1)) ;;
        '==') ((i += 1)) ;;
        [.'&|^<>']* | vmap | map | and | or) value=@ && return 0 ;;
    esac
    if [[ ${words[i]:-} != '{' ]]; then
        value=${words[i]:-@}
        ((i += 1))
    else
        while ((++i < ${#words[@]})) && [[ ${words[i]} != '}' ]]; do value+="${words[i]} "; done
        ((i += 1))
    fi
    if [[ ${words[i]:-} == [.\&] ]]; then value=@; fi
    value=${value//[\",]/ }
    # Some versions of nft leave out all sets under -t.
    if [[ ! ${value// /} ]]; then value=@; fi
}

# weigh TEST ARGUMENT: the best answer that one of the items of value gives, into matches.
weigh() {
    local item answer best=no
    for item in $value; do
        if [[ $item == @* || $item == ... ]]; then answer=maybe; else "fits_$1" "$item" "${2:-}"; fi
        if [[ $answer == yes || $answer$best == maybeno ]]; then best=$answer; fi
    done
    case $negated$best in
        yesyes) best=no ;;
        yesno) best=yes ;;
    esac
    if [[ $best == no || $matches$best == yesmaybe ]]; then matches=$best; fi
}

fits_device() {
    answer=maybe
    if [[ $1 == lo ]]; then
        answer=no
    elif [[ $2 ]]; then
        if [[ $1 == "$2" || ($1 == *'*' && $2 == "${1%'*'}"*) ]]; then answer=yes; else answer=no; fi
    fi
}

fits_proto() {
    case $1 in
        "${packet[proto]}") answer=yes ;;
        6 | 17) if [[ $1${packet[proto]} == 6tcp || $1${packet[proto]} == 17udp ]]; then answer=yes; else answer=no; fi ;;
        *) answer=no ;;
    esac
}

fits_port() {
    answer=maybe
    if [[ ${packet[port]} && $1 =~ ^([0-9]+)(-([0-9]+))?$ ]]; then
        answer=no
        if ((packet[port] >= BASH_REMATCH[1] && packet[port] <= ${BASH_REMATCH[3]:-BASH_REMATCH[1]})); then answer=yes; fi
    fi
}

# Our packet is the first of its connection, and to where it says.
fits_state() { if [[ $1 == new ]]; then answer=yes; else answer=no; fi; }
fits_status() { if [[ $1 == dnat ]]; then answer=no; else answer=maybe; fi; }

fits_kind() {
    case ${packet[hook]}$1 in
        inputlocal) answer=yes ;;
        input* | forwardlocal | forwardbroadcast) answer=no ;;
        *) answer=maybe ;;
    esac
}

# match RULE: sets matches (yes, no, maybe), action (accept, drop, return, jump CHAIN, goto CHAIN, or nothing) and aimed (yes: at this port).
match() {
    local word negated value i=0
    local -a words
    matches=yes action='' aimed=''
    read -ra words <<<"$1"
    while ((i < ${#words[@]})); do
        word=${words[i]}
        ((i += 1))
        case $word in
            meta | continue | with) ;;
            iif | iifname) take && weigh device "${packet[iif]}" ;;
            oif | oifname) take && weigh device "${packet[oif]}" ;;
            l4proto) take && weigh proto ;;
            nfproto) take && if [[ $value != "ipv${packet[family]}" ]]; then matches=no; fi ;;
            ip | ip6)
                if [[ $word != ip && ${packet[family]} == 4 || $word == ip && ${packet[family]} == 6 ]]; then matches=no; fi
                case ${words[i]:-} in
                    protocol | nexthdr) ((i += 1)) && take && weigh proto ;;
                    *) ((i += 1)) && take && value=@ negated='' && weigh address ;;
                esac
                ;;
            tcp | udp | th)
                if [[ $word != th && $word != "${packet[proto]}" ]]; then matches=no; fi
                case ${words[i]:-} in
                    dport) ((i += 1)) && take && weigh port && aimed=$matches ;;
                    *) ((i += 1)) && take && value=@ negated='' && weigh address ;;
                esac
                ;;
            icmp | icmpv6 | igmp | esp | ah | comp | sctp | dccp | udplite) matches=no ;;
            fib)
                if [[ ${words[*]:i:2} == 'daddr type' ]]; then
                    ((i += 2))
                    take && weigh kind
                elif [[ $matches == yes ]]; then
                    matches=maybe
                fi
                ;;
            ct)
                case ${words[i]:-} in
                    state | status) word=${words[i]} && ((i += 1)) && take && weigh "$word" ;;
                    *) if [[ $matches == yes ]]; then matches=maybe; fi ;;
                esac
                ;;
            counter) if [[ ${words[i]:-} == packets ]]; then ((i += 4)); elif [[ ${words[i]:-} == name ]]; then ((i += 2)); fi ;;
            log) while [[ ${words[i]:-} == @(level|group|flags|snaplen|queue-threshold) ]]; do ((i += 2)); done ;;
            accept | queue) action=accept && return 0 ;;
            drop | reject)
                action=drop
                if [[ ${words[*]:i:3} == 'with tcp reset' && ${packet[proto]} != tcp ]]; then matches=no; fi
                return 0
                ;;
            return) action='return' && return 0 ;;
            jump | goto) action="$word ${words[i]:-}" && return 0 ;;
            *) if [[ $matches == yes ]]; then matches=maybe; fi ;;
        esac
    done
}

# judge CHAIN DOUBT: sets verdict to accept, drop or '' (the packet comes out at its end), and meant when it is accepted by a rule for its
# port. DOUBT: the packet may not come here at all.
judge() {
    local chain=$1 doubt=$2 rule matches action aimed depth=$((${depth:-0} + 1))
    verdict='' meant=''
    if ((depth > 32)); then return 0; fi
    while IFS= read -r rule; do
        match "$rule"
        if [[ $matches == no || ! $action ]]; then continue; fi
        case $action in
            accept)
                verdict=accept
                if [[ $matches$aimed == yesyes && ! $doubt ]]; then meant=yes; fi
                return 0
                ;;
            drop) if [[ $matches == yes && ! $doubt ]]; then verdict=drop && return 0; fi ;;
            return) if [[ $matches == yes ]]; then return 0; else doubt=yes; fi ;;
            *)
                if [[ $matches == yes ]]; then judge "${chain% *} ${action#* }" "$doubt"; else judge "${chain% *} ${action#* }" yes; fi
                if [[ $verdict || $matches$action == 'yesgoto '* ]]; then return 0; fi
                if [[ $action == 'goto '* ]]; then doubt=yes; fi
                ;;
        esac
    done <<<"${rules[$chain]:-}"
}

# on_hook CHAIN: is it a base chain that sees the packet? Meshes' own tables judge nothing but their interfaces, and what iptables has
# told is not asked of nft again.
on_hook() {
    if [[ ${policies[$1]% *} != "${packet[hook]}" ]]; then return 1; fi
    case ${packet[family]}$1 in
        [46]'inet wireguard_'*) false ;;
        '4ip filter '*) [[ ! ${rules["iptables ${1##* }"]+yes} ]] ;;
        '6ip6 filter '*) [[ ! ${rules["ip6tables ${1##* }"]+yes} ]] ;;
        [46]inet\ * | 4ip\ * | 4iptables\ * | 6ip6\ * | 6ip6tables\ *) true ;;
        *) false ;;
    esac
}

# find_closing: sets closing to the first base chain that drops the packet for certain, to '' when none does; opened when one accepts it by a
# rule for its port.
find_closing() {
    local chain verdict meant
    closing='' opened=''
    while IFS= read -r chain; do
        if [[ ! $chain ]] || ! on_hook "$chain"; then continue; fi
        judge "$chain" ''
        if [[ $meant ]]; then opened=yes; fi
        if [[ $verdict == drop || ! $verdict && ${policies[$chain]#* } == drop ]]; then closing=$chain && return 0; fi
    done < <(printf '%s\n' "${!policies[@]}" | sort)
}
