import * as pulumi from "@pulumi/pulumi";
import { type Options, type Read, readOptions } from "./options";

/**
 * How to reach a managed host over SSH. The user is root, or has passwordless sudo.
 *
 * @example
 * { host: vm.publicIp, user: "admin", privateKey: config.requireSecret("sshKey"), hostKey: "ssh-ed25519 AAAAC3Nza…" }
 */
export interface ConnectionArgs extends ProxyArgs {
    /** A bastion host to go through. Unset: straight to the host. One hop only, as in `@pulumi/command`. */
    readonly proxy?: ProxyArgs;
}

/** One SSH hop. */
export interface ProxyArgs {
    /** Address or name of the machine, e.g. `203.0.113.7`. */
    readonly host: pulumi.Input<string>;
    /** TCP port, 1-65535. @default 22 */
    readonly port?: pulumi.Input<number>;
    /** Login name, e.g. `admin`. @default "root" */
    readonly user?: pulumi.Input<string>;
    /** Private SSH key, PEM or OpenSSH text. Unset: password or agent. Always kept as a secret. */
    readonly privateKey?: pulumi.Input<string>;
    /** Passphrase of `privateKey`. Unset: the key is not encrypted. Always kept as a secret. */
    readonly privateKeyPassword?: pulumi.Input<string>;
    /** Password. Unset: key or agent. Always kept as a secret. */
    readonly password?: pulumi.Input<string>;
    /** Socket of an SSH agent. @default $SSH_AUTH_SOCK */
    readonly agentSocketPath?: pulumi.Input<string>;
    /**
     * The host's public key as in its `/etc/ssh/ssh_host_ed25519_key.pub`, e.g. `ssh-ed25519 AAAAC3Nza…`. Required, unless
     * `insecureIgnoreHostKey` says otherwise. RSA keys are rejected: `@pulumi/command` would pin SHA-1, which sshd no longer offers.
     */
    readonly hostKey?: pulumi.Input<string>;
    /** Trust whatever answers at `host`: for throw-away machines only. @default false */
    readonly insecureIgnoreHostKey?: boolean;
    /**
     * Failed dials before giving up, waiting 0.1 s at first and at most 5 s between them; -1: never. With the defaults a machine that is
     * pushed to for the first time, and may still boot, is waited for: 2.5 minutes while it refuses or rejects the login, 5 while it is
     * silent. One that was pushed to before has to answer within 2 minutes, unless this or `perDialTimeout` is set. @default 36
     */
    readonly dialErrorLimit?: pulumi.Input<number>;
    /** Seconds until one dial counts as failed, 0: no limit. @default 5 */
    readonly perDialTimeout?: pulumi.Input<number>;
}

const proxyOptions: Options<ProxyArgs> = {
    host: true,
    port: true,
    user: true,
    privateKey: true,
    privateKeyPassword: true,
    password: true,
    agentSocketPath: true,
    hostKey: true,
    insecureIgnoreHostKey: true,
    dialErrorLimit: true,
    perDialTimeout: true,
};
const connectionOptions: Options<ConnectionArgs> = { ...proxyOptions, proxy: true };

/** A host's connection and the proxy in it, as they were meant. What is no object at all is left to the check of values. */
export function readConnection(host: string, connection: ConnectionArgs | undefined): Read<ConnectionArgs | undefined> {
    if (!isObject(connection)) {
        return { args: connection, failures: [] };
    }
    const own = readOptions(`${host}.connection`, "a connection", connection, connectionOptions);
    if (!isObject(own.args.proxy)) {
        return own;
    }
    const proxy = readOptions(`${host}.connection.proxy`, "a proxy", own.args.proxy, proxyOptions);
    return { args: { ...own.args, proxy: proxy.args }, failures: [...own.failures, ...proxy.failures] };
}

/** True for what can be looked into: neither missing nor an output as a whole. */
export function isObject<T extends ConnectionArgs | ProxyArgs>(value: T | undefined): value is T {
    return typeof value === "object" && value !== null && !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}

/** Long enough for a VM made in the same program to boot; the waits are in {@link ProxyArgs.dialErrorLimit}. */
const dialErrorLimit = 36;
/** Enough for two lost SYNs (sent after 0, 1 and 3 s). The plugin's own 15 s make the same patience with a silent host 12 minutes. */
const perDialTimeout = 5;

/**
 * How long hosts are waited for that answered before. Of a host that is not there any more an operator wants to hear soon; only the number
 * of failed dials would have to be the same for a first push, which also waits for a boot. The plugin's deadline is for dialling alone: a
 * push that runs is not cut off. It names no cause, which for a silent host is none to miss: what is refused or rejected fails by count.
 */
export function dialTimeouts({ dialErrorLimit, perDialTimeout }: ConnectionArgs): pulumi.CustomTimeouts {
    return dialErrorLimit === undefined && perDialTimeout === undefined ? { update: "2m", delete: "2m" } : {};
}

/** The arguments `@pulumi/command` takes, field by field: an unknown extra field makes it print the private key (pulumi-command #773). */
export function commandConnection(args: ConnectionArgs): Record<string, pulumi.Input<unknown>> & { host: pulumi.Input<string> } {
    return { ...hop(args), ...(isObject(args.proxy) ? { proxy: hop(args.proxy) } : {}) };
}

function hop(args: ProxyArgs): Record<string, pulumi.Input<unknown>> & { host: pulumi.Input<string> } {
    const optional = {
        port: args.port,
        user: args.user,
        privateKey: secret(args.privateKey),
        privateKeyPassword: secret(args.privateKeyPassword),
        password: secret(args.password),
        agentSocketPath: args.agentSocketPath,
        hostKey: args.hostKey,
    };
    const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Record<
        string,
        pulumi.Input<unknown>
    >;
    return {
        host: args.host,
        dialErrorLimit: args.dialErrorLimit ?? dialErrorLimit,
        perDialTimeout: args.perDialTimeout ?? perDialTimeout,
        ...given,
    };
}

function secret(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
    return value === undefined ? undefined : pulumi.secret(value);
}
