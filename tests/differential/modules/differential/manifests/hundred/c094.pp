# Ten resources.
class differential::hundred::c094 {
  notify { 'c094 1':
    message => "1 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 2':
    message => "2 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 3':
    message => "3 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 4':
    message => "4 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 5':
    message => "5 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 6':
    message => "6 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 7':
    message => "7 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 8':
    message => "8 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 9':
    message => "9 of class c094 on ${facts['networking']['hostname']}",
  }
  notify { 'c094 10':
    message => "10 of class c094 on ${facts['networking']['hostname']}",
  }
}
