using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// A file for the encrypted copy of one new pair. It is reserved before the rotation is sent, so that a path that can't be written, or a full
/// disk, shows while the old pair is still in force. Only its owner may read it.
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

    /// <summary>Makes the file and takes the space for it.</summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="recipient">Whom the pair is encrypted for.</param>
    /// <param name="application">The application that is to be rotated.</param>
    /// <exception cref="IOException">The folder is missing, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static EscrowFile Reserve(string folder, X509Certificate2 recipient, ApplicationReference application)
    {
        var name = $"wink-{application.ApplicationId}-{DateTime.UtcNow:yyyyMMdd'T'HHmmss.fffffff'Z'}.cms";
        var escrow = new EscrowFile(PrivateFile.Create(System.IO.Path.Combine(folder, name)), recipient);
        try
        {
            var note = $"Reserved for the new pair of {application}. While this is all, no answer to its rotation was received.";
            escrow.Write(Encoding.UTF8.GetBytes(note.PadRight(ReservedBytes)));
            return escrow;
        }
        catch
        {
            escrow.Dispose();
            throw;
        }
    }

    /// <summary>Writes the pair, encrypted, through to the disk.</summary>
    /// <exception cref="IOException">It couldn't be written, or the file is gone.</exception>
    /// <exception cref="CryptographicException">The certificate can't be encrypted to.</exception>
    public void Fill(CredentialRotation rotation)
    {
        Write(EscrowMessage.Encrypt(rotation, _recipient));
        // A file that was removed while it is open is written without an error.
        if (!File.Exists(Path))
            throw new FileNotFoundException($"The escrow file {Path} was removed while the rotation was under way.");

        _isFilled = true;
    }

    /// <summary>Closes the file, and removes it when no pair came.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (_isFilled)
            return;

        try
        {
            File.Delete(Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It holds nothing but the note that no answer was received.
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
