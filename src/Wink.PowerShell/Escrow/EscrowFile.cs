using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// A file for the encrypted copy of one application's new credentials. It is reserved before the rotation is sent. So the path, the disk,
/// the certificate and the libraries that encrypt fail while nothing has changed yet. Filling it afterwards needs no new file descriptor
/// and loads no library. Only its owner may read it.
/// </summary>
internal sealed class EscrowFile : IDisposable
{
    /// <summary>More than the largest known message needs. It is written and flushed, so that the space is really reserved.</summary>
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

    /// <summary>Encrypts a rehearsal message, makes the file, and reserves its space.</summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="recipient">The certificate that the credentials are encrypted to.</param>
    /// <param name="reference">The application that is to be rotated.</param>
    /// <param name="application">Its description, as it was read before.</param>
    /// <param name="connection">What the rotation is sent over.</param>
    /// <exception cref="IOException">The folder is missing, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    /// <exception cref="CryptographicException">Nothing can be encrypted to the certificate.</exception>
    public static EscrowFile Reserve(
        string folder, X509Certificate2 recipient, ApplicationReference reference, Application application, LiveConnection connection)
    {
        var now = connection.Time.GetUtcNow().UtcDateTime;
        Rehearse(now, recipient, reference, application);
        var name = $"wink-{reference.ApplicationId}-{now:yyyyMMdd'T'HHmmss.fffffff'Z'}.cms";
        var escrow = new EscrowFile(PrivateFile.Create(System.IO.Path.Combine(folder, name)), recipient);
        try
        {
            // The padding comes first: a terminal that prints the file shows its end.
            escrow.Write(Encoding.UTF8.GetBytes(Note(now, reference, application, $"{connection}").PadLeft(ReservedBytes)));
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
    /// <exception cref="IOException">They could not be written, or the file is no longer at its path.</exception>
    /// <exception cref="CryptographicException">Nothing can be encrypted to the certificate.</exception>
    public void Fill(CredentialRotation rotation)
    {
        Write(EscrowMessage.Encrypt(rotation, _recipient));
        // Writing to a file that is no longer at its path succeeds, too.
        if (!IsInPlace())
            throw new FileNotFoundException($"The escrow file {Path} was removed, moved or replaced while the rotation was under way.");

        _isFilled = true;
    }

    /// <summary>
    /// True when this file is still at its path. On Windows an open file cannot be removed, renamed or replaced. On other systems the path
    /// and the open file are compared by their attributes: opening the path could fail where no file descriptor is left.
    /// </summary>
    public bool IsInPlace()
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
            // Without its attributes, the file cannot be relied on.
            return false;
        }
    }

    /// <summary>Closes the file, and removes it if it has no credentials. Another file at its path stays.</summary>
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
            // It contains only the note.
        }
    }

    /// <summary>
    /// Encrypts as <see cref="Fill"/> does, so that a certificate that cannot be used fails now, and all code and libraries are loaded. The
    /// text has characters that JSON escapes: the code for them is loaded only when it is needed.
    /// </summary>
    private static void Rehearse(DateTime now, X509Certificate2 recipient, ApplicationReference reference, Application application)
    {
        using var secret = new SecureString();
        foreach (var character in "rehearsal \"\\\t\u00E9\u20AC\U0001F511")
            secret.AppendChar(character);

        _ = EscrowMessage.Encrypt(
            new CredentialRotation(
                reference.ApplicationId,
                reference.ManagingEntityId,
                new PSCredential("rehearsal", secret),
                now,
                application.Name,
                application.ClientId),
            recipient);
    }

    /// <summary>The text for a person who finds only this file.</summary>
    private static string Note(DateTime now, ApplicationReference reference, Application application, string environment)
    {
        var clientId = TerminalText.OneLine(application.ClientId);
        return $"""
            Reserved for the new credentials of {reference} in {environment}.
            Time: {now:yyyy-MM-dd'T'HH:mm:ss'Z'} (UTC), before the rotation was sent.
            Client ID at that time: {clientId ?? "not known"}.
            While this is all that the file holds, no response to the rotation was kept here, and the rotation may have been sent or not.
            {(clientId is null
                ? "To find out whether the credentials were changed, try the old ones with Test-WinkCredential."
                : "To find out whether the credentials were changed, compare this client ID with the one that Get-WinkApplication shows " +
                    "now.")}

            """;
    }

    private void Write(ReadOnlySpan<byte> content)
    {
        _file.Position = 0;
        _file.Write(content);
        _file.SetLength(content.Length);
        _file.Flush(flushToDisk: true);
    }
}
