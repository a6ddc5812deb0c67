using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace Wink.PowerShell.HostTests;

/// <summary>A program in a pseudo-terminal of its own on Linux, which is its controlling terminal: Ctrl+C is the byte 3.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const string Libc = "libc";
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const int CloseOnExec = 0x80000;
    private const nuint SetWindowSize = 0x5414;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int Kill = 9;

    /// <summary>More than any C library needs for its opaque structures.</summary>
    private const int Opaque = 1024;

    private readonly FileStream _stream;
    private readonly int _process;

    /// <summary>Starts the program, found by PATH, in this folder and with this environment.</summary>
    public PseudoTerminal(
        IReadOnlyList<string> command,
        string folder,
        IReadOnlyDictionary<string, string> environment,
        int columns,
        int height)
    {
        var main = posix_openpt(ReadWrite | NoControllingTerminal | CloseOnExec);
        if (main < 0)
            throw new Win32Exception();

        _stream = new FileStream(new SafeFileHandle(main, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
        Check(grantpt(main));
        Check(unlockpt(main));
        var name = new byte[128];
        CheckCode(ptsname_r(main, name, (nuint)name.Length));
        Check(ioctl(main, SetWindowSize, [(ushort)height, (ushort)columns, 0, 0]));

        _process = Start(command, folder, environment, name);
    }

    /// <summary>Waits for what the program writes; nothing at its end.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            return buffer[..await _stream.ReadAsync(buffer)];
        }
        catch (IOException)
        {
            // Linux says so when nobody has the terminal open any more.
            return default;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>Ends the program and all that it started in its session's group, unless they have ended.</summary>
    public void Dispose()
    {
        // Not checked: it may have ended.
        _ = kill(-_process, Kill);
        _ = waitpid(_process, 0, 0);
        _stream.Dispose();
    }

    /// <summary>Never a fork: the child of a managed process has no other threads, and may wait for one of them forever.</summary>
    private static int Start(IReadOnlyList<string> command, string folder, IReadOnlyDictionary<string, string> environment, byte[] terminal)
    {
        byte[] actions = new byte[Opaque], attributes = new byte[Opaque], signals = new byte[Opaque];
        string?[] arguments = [.. command, null];
        string?[] variables = [.. environment.Select(variable => $"{variable.Key}={variable.Value}"), null];

        CheckCode(posix_spawn_file_actions_init(actions));
        CheckCode(posix_spawnattr_init(attributes));
        try
        {
            // The first terminal that the leader of a new session opens controls it.
            CheckCode(posix_spawn_file_actions_addopen(actions, 0, terminal, ReadWrite, 0));
            CheckCode(posix_spawn_file_actions_adddup2(actions, 0, 1));
            CheckCode(posix_spawn_file_actions_adddup2(actions, 0, 2));
            CheckCode(posix_spawn_file_actions_addchdir_np(actions, folder));

            // Whoever runs the tests may ignore SIGINT, as a shell does for what it runs in the background.
            CheckCode(posix_spawnattr_setflags(attributes, SetSession | SetSignalDefaults | SetSignalMask));
            Check(sigemptyset(signals));
            CheckCode(posix_spawnattr_setsigmask(attributes, signals));
            Check(sigfillset(signals));
            CheckCode(posix_spawnattr_setsigdefault(attributes, signals));

            CheckCode(posix_spawnp(out var process, command[0], actions, attributes, arguments, variables));
            return process;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new Win32Exception();
    }

    private static void CheckCode(int code)
    {
        if (code != 0)
            throw new Win32Exception(code);
    }
}
