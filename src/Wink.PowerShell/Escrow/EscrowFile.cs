using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// A file for the encrypted copy of one application's new credentials. It is reserved before the rotation is sent, so that whatever can fail
/// fails while nothing has changed yet: the path, the disk, the certificate, the libraries that encrypt. Filling it afterwards needs no new
/// file descriptor and loads no library. Only its owner may read it.
/// </summary>
internal sealed class EscrowFile : IDisposable
{
    /// <summary>More than the largest message so far needs: written and flushed, so that the space is really there.</summary>
    private const int ReservedBytes = 16 * 1024;

    private readonly FileStream _file;
    private readonly X509Certificate2 _recipient;
    private bool _isFilled;

    private EscrowFile(FileStream file, X509Certificate2 recipient)
    {
        _file = file;
        _recipient = recipient;
    }

    /// <summary>Where it is.</summary>
    public string Path => _file.Name;

    /// <summary>Encrypts a rehearsal message, makes the file, and takes the space for it.</summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="recipient">Whom the credentials are encrypted for.</param>
    /// <param name="reference">The application that is to be rotated.</param>
    /// <param name="application">The same, as it was read before.</param>
    /// <param name="environment">Where it is to be rotated, in words.</param>
    /// <exception cref="IOException">The folder is missing, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    /// <exception cref="CryptographicException">The certificate can't be encrypted to.</exception>
    public static EscrowFile Reserve(
        string folder, X509Certificate2 recipient, ApplicationReference reference, Application application, string environment)
    {
        Rehearse(recipient, reference, application);
        var now = DateTime.UtcNow;
        var name = $"wink-{reference.ApplicationId}-{now:yyyyMMdd'T'HHmmss.fffffff'Z'}.cms";
        var escrow = new EscrowFile(PrivateFile.Create(System.IO.Path.Combine(folder, name)), recipient);
        try
        {
            // The padding first: a person who looks at the file in a terminal sees its end.
            escrow.Write(Encoding.UTF8.GetBytes(Note(now, reference, application, environment).PadLeft(ReservedBytes)));
            return escrow.IsInPlace()
                ? escrow
                : throw new IOException($"The file {escrow.Path} was made, but it is not what is at that path now.");
        }
        catch
        {
            escrow.Dispose();
            throw;
        }
    }

    /// <summary>Writes the credentials, encrypted, through to the disk.</summary>
    /// <exception cref="IOException">They couldn't be written, or the file is no longer at its path.</exception>
    /// <exception cref="CryptographicException">The certificate can't be encrypted to.</exception>
    public void Fill(CredentialRotation rotation)
    {
        Write(EscrowMessage.Encrypt(rotation, _recipient));
        // What is no longer at its path is written without an error, too.
        if (!IsInPlace())
            throw new FileNotFoundException($"The escrow file {Path} was removed, moved or replaced while the rotation was under way.");

        _isFilled = true;
    }

    /// <summary>Closes the file, and removes it when no credentials came. What somebody else put at its path stays.</summary>
    public void Dispose()
    {
        var isLeftOver = !_isFilled && IsInPlace();
        _file.Dispose();
        if (!isLeftOver)
            return;

        try
        {
            File.Delete(Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It holds nothing but the note.
        }
    }

    /// <summary>
    /// Encrypts as <see cref="Fill"/> will, so that a certificate that can't be used shows now, and all code and libraries are loaded. The text
    /// has characters that JSON escapes: the code for them is loaded only when it is needed.
    /// </summary>
    private static void Rehearse(X509Certificate2 recipient, ApplicationReference reference, Application application)
    {
        using var secret = new SecureString();
        foreach (var character in "rehearsal \"\\\t\u00E9\u20AC\U0001F511")
            secret.AppendChar(character);

        _ = EscrowMessage.Encrypt(
            new CredentialRotation(
                reference.ApplicationId,
                reference.ManagingEntityId,
                new PSCredential("rehearsal", secret),
                DateTime.UtcNow,
                application.Name,
                application.ClientId),
            recipient);
    }

    /// <summary>All that a person needs who finds nothing but this.</summary>
    private static string Note(DateTime now, ApplicationReference reference, Application application, string environment)
    {
        var name = TerminalText.OneLine(application.Name) is { } known ? $" ({known})" : "";
        var clientId = TerminalText.OneLine(application.ClientId);
        return $"""
            Reserved for the new credentials of {reference}{name} in {environment}.
            Time: {now:yyyy-MM-dd'T'HH:mm:ss'Z'} (UTC), before the rotation was sent.
            Client ID at that time: {clientId ?? "not known"}.
            While this is all that the file holds, no response to the rotation was kept here, and the rotation may have been sent or not.
            {(clientId is null
                ? "To find out whether the credentials were changed, try the old ones with Test-WinkCredential."
                : "To find out whether the credentials were changed, compare this client ID with the one that Get-WinkApplication shows now.")}

            """;
    }

    /// <summary>
    /// True when the path leads to this very file. On Windows nobody can remove, rename or replace what is open here. Elsewhere the path is
    /// compared with the open file by what a look at each tells, since opening the path could fail where no file descriptor is left.
    /// </summary>
    private bool IsInPlace()
    {
        try
        {
            var atPath = new FileInfo(Path);
            return atPath.Exists && (OperatingSystem.IsWindows() || (
                atPath.LinkTarget is null &&
                atPath.Length == _file.Length &&
                atPath.LastWriteTimeUtc == File.GetLastWriteTimeUtc(_file.SafeFileHandle)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What can't be looked at can't be relied on.
            return false;
        }
    }

    private void Write(ReadOnlySpan<byte> content)
    {
        _file.Position = 0;
        _file.Write(content);
        _file.SetLength(content.Length);
        _file.Flush(flushToDisk: true);
    }
}
